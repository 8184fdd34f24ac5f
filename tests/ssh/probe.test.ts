import type { AddressInfo } from "node:net";
import { Server, type Algorithms } from "ssh2";
import { probe, type ProbeResult } from "../../ssh/probe";
import { parseKnownHosts } from "../../ssh/knownHosts";
import {
  accessWith,
  closedAfterEach,
  freePort,
  keyPair,
  knownAt,
  nodeAt,
  sshHost,
  tcpHost,
  type Answer,
  type TestHost,
} from "./testHost";

const client = keyPair();
const nobody = parseKnownHosts("", "/home/op/.ssh/known_hosts");
const root: Answer = () => ({ stdout: "0\n", status: 0 });
const closing = closedAfterEach();

async function host(answer: Answer = root): Promise<TestHost> {
  return closing(await sshHost(client.public, answer));
}

function failure(result: ProbeResult) {
  if (result.ok) throw new Error("the probe succeeded");
  return result;
}

test("a host that can be logged in to as root", async () => {
  const { port, hostKey } = await host();
  expect(await probe(nodeAt(port), accessWith(client.private, knownAt(port, hostKey)))).toEqual({ ok: true });
});

test("a shell that prints before each command is told of, with how to quiet it", async () => {
  const { port, hostKey } = await host(() => ({ stdout: "Welcome to fra1!\n\nnvm: v20\n0\n", status: 0 }));
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(client.private, knownAt(port, hostKey))));
  expect(cause).toBe("unfit");
  expect(message).toBe(
    `fra1: on root@127.0.0.1 port ${port}, root's shell prints before each command: "Welcome to fra1! nvm: v20"\n` +
      `    fix: let what ~root/.bashrc (or its like) prints be for a terminal alone: \`[ -t 1 ] && echo ...\`; see: ssh -p ${port} root@127.0.0.1 true`,
  );
});

test.each<[string, Algorithms, string, string]>([
  ["key exchange", { kex: ["diffie-hellman-group1-sha1"] }, "KexAlgorithms", "curve25519-sha256"],
  ["cipher", { cipher: ["3des-cbc"] }, "Ciphers", "aes256-gcm@openssh.com or chacha20-poly1305@openssh.com"],
  ["MAC", { cipher: ["aes256-ctr"], hmac: ["hmac-md5"] }, "MACs", "hmac-sha2-256-etm@openssh.com"],
])("an SSH server without a %s algorithm of ours", async (what, algorithms, setting, ours) => {
  const server = new Server({ hostKeys: [keyPair().private], algorithms }, (connection) => {
    connection.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  closing({ close: () => server.close() });
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(client.private, nobody)));
  expect(cause).toBe("handshake");
  expect(message).toBe(
    `fra1: root@127.0.0.1 port ${port}: its SSH server and fullmesh have no ${what} algorithm in common.\n` +
      `    fix: let ${setting} in sshd_config there have ${ours}, too, and then systemctl reload ssh`,
  );
});

test("a host that accepts TCP and never speaks is given up in time", async () => {
  const mute = closing(await tcpHost());
  const begun = Date.now();
  const { cause, message } = failure(await probe(nodeAt(mute.port), accessWith(client.private, nobody, 1)));
  expect(cause).toBe("mute");
  expect(message).toContain(
    `fra1: root@127.0.0.1 port ${mute.port} accepts connections but does not speak SSH (no handshake within 1 s)`,
  );
  // It would wait for ever.
  expect(Date.now() - begun).toBeLessThan(60_000);
});

test("a host that speaks something else and hangs up", async () => {
  const web = closing(await tcpHost("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const { cause, message } = failure(await probe(nodeAt(web.port), accessWith(client.private, nobody)));
  expect(cause).toBe("handshake");
  expect(message).toContain("fra1:");
});

test("a port on which nothing listens", async () => {
  const port = await freePort();
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(client.private, nobody)));
  expect(cause).toBe("refused");
  expect(message).toContain(`fra1: root@127.0.0.1 port ${port} refuses the connection`);
});

test("a name without an address", async () => {
  const node = { name: "fra1", ssh: { host: "fra1.invalid", port: 22, user: "root" } };
  const { cause, message } = failure(await probe(node, accessWith(client.private, nobody)));
  expect(cause).toBe("unresolved");
  expect(message).toContain("fra1.invalid");
});

test("an unknown host key: its fingerprint, and how to add it", async () => {
  const { port, logins } = await host();
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(client.private, nobody)));
  expect(cause).toBe("host-key-unknown");
  expect(message).toMatch(/ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}\n/);
  expect(message).toContain(`ssh-keyscan -t ed25519 -p ${port} 127.0.0.1 >> /home/op/.ssh/known_hosts`);
  expect(logins()).toBe(0);
});

test("a changed host key: both fingerprints", async () => {
  const { port } = await host();
  const other = keyPair().public.split(" ").slice(0, 2).join(" ");
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(client.private, knownAt(port, other))));
  expect(cause).toBe("host-key-changed");
  expect(new Set(message.match(/SHA256:\S{43}/g)).size).toBe(2);
  expect(message).toContain(`ssh-keygen -f /home/op/.ssh/known_hosts -R '[127.0.0.1]:${port}'`);
});

test("a revoked host key", async () => {
  const { port, hostKey } = await host();
  const known = parseKnownHosts(`* ${hostKey}\n@revoked * ${hostKey}\n`, "/home/op/.ssh/known_hosts");
  expect(failure(await probe(nodeAt(port), accessWith(client.private, known))).cause).toBe("host-key-revoked");
});

test("a login key that the host does not take", async () => {
  const { port, hostKey } = await host();
  const { cause, message } = failure(await probe(nodeAt(port), accessWith(keyPair().private, knownAt(port, hostKey))));
  expect(cause).toBe("login-refused");
  expect(message).toContain("refused the login with the key /home/op/.ssh/id_ed25519");
});

test("an agent that is not there", async () => {
  const { port, hostKey } = await host();
  const auth = { kind: "agent", socket: "/nonexistent/agent.sock" } as const;
  const result = await probe(nodeAt(port), { ...accessWith("", knownAt(port, hostKey)), auth });
  const { cause, message } = failure(result);
  expect(cause).toBe("no-login-key");
  expect(message).toContain("the SSH agent at /nonexistent/agent.sock");
});

test("a user whose sudo asks for a password", async () => {
  const { port, hostKey } = await host((command) =>
    command === "sudo -n id -u" ? { stderr: "sudo: a password is required\n", status: 1 } : { status: 127 },
  );
  const { cause, message } = failure(
    await probe(nodeAt(port, "operator"), accessWith(client.private, knownAt(port, hostKey))),
  );
  expect(cause).toBe("not-root");
  expect(message).toContain("(sudo: a password is required)");
  expect(message).toContain("operator ALL=(ALL) NOPASSWD: ALL");
});

test("a host whose shell hangs", async () => {
  const { port, hostKey } = await host(() => undefined);
  const { cause } = failure(await probe(nodeAt(port), accessWith(client.private, knownAt(port, hostKey), 1)));
  expect(cause).toBe("timeout");
});
