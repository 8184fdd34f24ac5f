import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { forwardTcp } from "./forwardTcp";
import { Server, utils, type ServerChannel } from "ssh2";

/** Between two chunks of a flood, so that this computer does not run out of memory before the deployer gives up. */
const floodMilliseconds = 10;

/** What a host does instead of ending a command: it says nothing, a byte a second, or as much as the connection takes. */
export type Endlessness = "mute" | "trickle" | "flood";

interface Endless {
  readonly how: Endlessness;
  readonly commands: RegExp;
}

/** What one of them is told, and says. */
interface Conduct {
  /** Its own, as no two machines have the same. */
  readonly hostKey: string;
  logins: number;
  /** Commands that it was given, but for those that only look. */
  readonly commands: string[];
  /** The answer to the script `drift`. */
  drift: string;
  /** What its commands say of their failure; undefined where they go well. */
  problem: string | undefined;
  /** How it keeps those that match from ending; undefined where all of them end. */
  endless: Endless | undefined;
  /** What followed `private-key NUMBER` on stdin, each once. */
  readonly keys: Set<string>;
  /** Public halves of the keys that it made itself, by number. */
  readonly born: Map<number, string>;
  /** The last bundle that it was given. */
  bundle: string;
}

/** SSH servers on 127.0.0.1 that take any command, read its stdin, and say that it went well: a deploy without hosts. */
export class LoopbackHosts {
  private constructor(
    readonly ports: readonly number[],
    /** Text for a known_hosts file. */
    readonly knownHosts: string,
    /** A private key that they let in, as they do any. */
    readonly loginKey: string,
    private readonly servers: { close(): unknown }[],
    private readonly conducts: readonly Conduct[],
  ) {}

  static async start(count: number): Promise<LoopbackHosts> {
    const conducts = Array.from({ length: count }, (): Conduct => ({
      hostKey: privateKey(),
      logins: 0,
      commands: [],
      drift: "end\n",
      problem: undefined,
      endless: undefined,
      keys: new Set(),
      born: new Map(),
      bundle: "",
    }));
    const servers = conducts.map((conduct) => server(conduct));
    const ports = await Promise.all(
      servers.map(async (one) => {
        one.listen(0, "127.0.0.1");
        await once(one, "listening");
        return (one.address() as AddressInfo).port;
      }),
    );
    return new LoopbackHosts(
      ports,
      conducts.map(({ hostKey }, index) => `[127.0.0.1]:${ports[index]} ${publicHalf(hostKey)}\n`).join(""),
      privateKey(),
      servers,
      conducts,
    );
  }

  /** From now on commands on one of them fail and say this, or go well again. */
  break(index: number, says: string | undefined): void {
    const conduct = this.conducts[index];
    if (conduct !== undefined) conduct.problem = says;
  }

  /** From now on one of them begins those commands that match and never ends them, or ends all again. */
  neverEnd(index: number, how: Endlessness | undefined, commands = /./): void {
    const conduct = this.conducts[index];
    if (conduct !== undefined) conduct.endless = how === undefined ? undefined : { how, commands };
  }

  /** How often one of them was logged in to. */
  logins(index: number): number {
    return this.conducts[index]?.logins ?? 0;
  }

  /** The commands that came so far to one of them, but for those that only look. */
  commands(index: number): readonly string[] {
    return this.conducts[index]?.commands ?? [];
  }

  /** The same, and forgets them. */
  takeCommands(index: number): readonly string[] {
    return this.conducts[index]?.commands.splice(0) ?? [];
  }

  /** The private keys that one of them was given so far, each with its number. */
  keys(index: number): readonly string[] {
    return [...(this.conducts[index]?.keys ?? [])];
  }

  /** Public halves of the keys that one of them made itself, in PEM, by number. */
  bornKeys(index: number): ReadonlyMap<number, string> {
    return this.conducts[index]?.born ?? new Map<number, string>();
  }

  /** From now on one of them gives this text as the public half of its own key of that number. */
  giveKey(index: number, number: number, text: string): void {
    this.conducts[index]?.born.set(number, text);
  }

  /** The last bundle that one of them was given; empty before the first. */
  bundle(index: number): string {
    return this.conducts[index]?.bundle ?? "";
  }

  /** From now on one of them says, asked by the script `drift`, that this is other than it should be. */
  drift(index: number, lines: readonly string[]): void {
    const conduct = this.conducts[index];
    if (conduct !== undefined) conduct.drift = [...lines, "end\n"].join("\n");
  }

  /** From now on one of them takes TCP and says nothing. */
  async mute(index: number): Promise<void> {
    this.servers[index]?.close();
    const silent = createServer(() => undefined).listen(this.ports[index], "127.0.0.1");
    await once(silent, "listening");
    this.servers[index] = silent;
  }

  stop(): void {
    for (const one of this.servers) one.close();
  }
}

/** ECDSA in SEC1, a form that both Node can write and ssh2 can read. */
function privateKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "sec1", format: "pem" })
    .toString();
}

/** As known_hosts writes it. */
function publicHalf(hostKey: string): string {
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) throw parsed;
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

function server(conduct: Conduct): Server {
  return new Server({ hostKeys: [conduct.hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      context.accept();
    });
    client.once("ready", () => {
      conduct.logins += 1;
    });
    forwardTcp(client);
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, info) => {
        const channel = acceptExec();
        const end = (): void => {
          for (const [key] of stdin.matchAll(/^private-key \d+\n-----BEGIN[^-]*-----[^-]*/gm)) conduct.keys.add(key);
          if (stdin.startsWith("fullmesh-bundle ")) conduct.bundle = stdin;
          const reply = answer(info.command, conduct);
          if (typeof reply === "string") {
            neverEnd(channel, reply);
            return;
          }
          const { stdout, problem } = reply;
          channel.write(stdout);
          if (problem !== undefined) channel.stderr.write(`${problem}\n`);
          channel.exit(problem === undefined ? 0 : 1);
          channel.end();
        };
        let stdin = "";
        channel.on("data", (chunk: Buffer) => (stdin += chunk.toString()));
        channel.on("end", end);
      });
    });
  });
}

function neverEnd(channel: ServerChannel, how: Endlessness): void {
  // The deployer may hang up at any time.
  channel.on("error", () => undefined);
  if (how === "mute") return;
  if (how === "trickle") {
    const timer = setInterval(() => channel.write("."), 1000);
    channel.once("close", () => {
      clearInterval(timer);
    });
    return;
  }
  const chunk = Buffer.alloc(32768, "x");
  const write = (): void => {
    if (channel.writable) channel.write(chunk, () => setTimeout(write, floodMilliseconds));
  };
  write();
}

function answer(
  command: string,
  conduct: Conduct,
): Endlessness | { readonly stdout: string; readonly problem?: string } {
  // The probe asks who it is, and the preflight more.
  if (command.includes("SSH_CONNECTION")) return { stdout: "" };
  if (command.includes("id -u")) return { stdout: "0\n" };
  if (command.includes("./drift")) return { stdout: conduct.drift };
  conduct.commands.push(command);
  if (conduct.endless?.commands.test(command) === true) return conduct.endless.how;
  if (conduct.problem !== undefined) return { stdout: "", problem: conduct.problem };
  const keypair = / sh -s \S+ (\d+)$/m.exec(command);
  return { stdout: keypair === null ? "{}\n" : bornKey(Number(keypair[1]), conduct) };
}

/** As the script `keypair` does it: one that was given is kept. */
function bornKey(number: number, { born, keys }: Conduct): string {
  const given = [...keys].find((key) => key.startsWith(`private-key ${number}\n`))?.replace(/^.*\n/, "");
  const made = (): KeyObject =>
    given === undefined
      ? generateKeyPairSync("ed25519").publicKey
      : createPublicKey(`${given}-----END PRIVATE KEY-----\n`);
  const key = born.get(number) ?? made().export({ type: "spki", format: "pem" }).toString();
  born.set(number, key);
  return key;
}
