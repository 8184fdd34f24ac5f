import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { AgentProtocol, Server, utils, type ParsedKey } from "ssh2";
import { authOf, type SshAuth } from "../../ssh/auth";
import { dialError } from "../../ssh/dialFailure";
import { runOnHost } from "../../ssh/runOnHost";
import { accessWith, keyPair, knownAt, nodeAt } from "./testHost";

/** An agent with several keys, and a host that notes which it was offered, and may want more than one. */
const folder = mkdtempSync(join(tmpdir(), "fullmesh-agent-"));
const socket = join(folder, "agent.sock");
const pairs = [keyPair(), keyPair(), keyPair()] as const;
const [first, , right] = pairs;
const hostPair = keyPair();
const offered = new Set<string>();
let agent: TcpServer;
let host: Server;
let wantsCode = false;
let signs = true;

beforeAll(async () => {
  agent = createServer((stream) => {
    stream.on("error", () => undefined);
    const protocol = new AgentProtocol(false);
    protocol.on("identities", (request) => {
      protocol.getIdentitiesReply(
        request,
        pairs.map((pair) => parsed(pair.private)),
      );
    });
    protocol.on("sign", (request, key: ParsedKey, data: Buffer) => {
      if (!signs) {
        protocol.failureReply(request);
        return;
      }
      const pair = pairs.find((each) => text(parsed(each.private)) === text(key));
      protocol.signReply(request, parsed(pair?.private ?? "").sign(data));
    });
    protocol.pipe(stream).pipe(protocol);
  }).listen(socket);
  host = new Server({ hostKeys: [hostPair.private] }, (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      if (context.method !== "publickey") {
        context.reject(["publickey"]);
        return;
      }
      const key = context.key.data.toString("base64");
      offered.add(key);
      if (key !== text(parsed(right.public))) context.reject(["publickey"]);
      else if (wantsCode && context.signature !== undefined) context.reject(["keyboard-interactive"], true);
      else context.accept();
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec) => {
        const channel = acceptExec();
        channel.exit(0);
        channel.end();
      });
    });
  });
  host.listen(0, "127.0.0.1");
  await Promise.all([once(agent, "listening"), once(host, "listening")]);
});

beforeEach(() => {
  offered.clear();
  wantsCode = false;
  signs = true;
});

afterAll(() => {
  agent.close();
  host.close();
  rmSync(folder, { recursive: true });
});

function parsed(key: string): ParsedKey {
  const read = utils.parseKey(key);
  if (read instanceof Error) throw read;
  return read;
}

function text(key: ParsedKey): string {
  return key.getPublicSSH().toString("base64");
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function logIn(auth: SshAuth) {
  const { port } = host.address() as AddressInfo;
  const access = { ...accessWith("", knownAt(port, hostPair.public.split(" ").slice(0, 2).join(" "))), auth };
  return runOnHost(nodeAt(port), access, "true", { timeoutSeconds: 60 });
}

test("of a public key file, that one key of the agent is offered alone", async () => {
  const auth = await authOf({ kind: "keyFile", file: file("right.pub", right.public) }, socket);
  expect(await logIn(auth)).toMatchObject({ status: 0 });
  expect([...offered]).toEqual([text(parsed(right.public))]);
});

test("an agent without that key is named, and nothing is offered in its place", async () => {
  const auth = await authOf({ kind: "keyFile", file: file("other.pub", keyPair().public) }, socket);
  await expect(logIn(auth)).rejects.toMatchObject({
    cause: "no-login-key",
    message: `fra1: the SSH agent at ${socket} does not have the key ${join(folder, "other.pub")}, which fullmesh:sshKey names.\n    fix: ssh-add ${join(folder, "other")}; what it has: ssh-add -L`,
  });
  expect(offered.size).toBe(0);
});

test.each([
  ["does not run", join(folder, "none.sock"), true],
  ["does not sign", socket, false],
])("an agent that %s is what is told of, not the host", async (_what, at, doesSign) => {
  signs = doesSign;
  await expect(logIn({ kind: "agent", socket: at })).rejects.toMatchObject({
    cause: "no-login-key",
    message: expect.stringContaining(`fra1: the keys of the SSH agent at ${at} cannot be used (`) as string,
  });
});

test("a host that ends the login after too many keys", () => {
  const auth = { kind: "agent", socket } as const;
  const error = new Error("Too many authentication failures");
  const said = (access: SshAuth) =>
    dialError(nodeAt(22), { ...accessWith("", knownAt(22, "")), auth: access }, "logging in", error).message;
  expect(said(auth)).toMatch(
    /before all keys of the SSH agent at .* were tried \(Too many[^]*fullmesh:sshKey FILE\.pub/,
  );
  const identity = { file: "right.pub", publicKey: parsed(first.public).getPublicSSH() };
  expect(said({ ...auth, identity })).toMatch(/refused the login with the key right\.pub of the SSH agent at /);
});

test.each([
  [
    "a key file",
    () => ({ kind: "key", file: "right", privateKey: right.private }) as const,
    "the key right, but wants a second factor for the login (keyboard-interactive).",
  ],
  [
    "an agent",
    () => ({ kind: "agent", socket }) as const,
    `a key of the SSH agent at ${socket}, but wants a second factor for the login.`,
  ],
])("a host that wants a second factor after the key of %s", async (_what, auth, said) => {
  wantsCode = true;
  await expect(logIn(auth())).rejects.toMatchObject({
    cause: "login-refused",
    message: expect.stringMatching(/`Match User root Address DEPLOYER`.*`AuthenticationMethods publickey`/) as string,
  });
  await expect(logIn(auth())).rejects.toThrow(`accepted ${said}\n    fix: `);
});
