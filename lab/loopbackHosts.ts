import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Server, utils } from "ssh2";

/** SSH servers on 127.0.0.1 that take any command, read its stdin, and say that it went well: a deploy without hosts. One key for all of them. */
export class LoopbackHosts {
  private constructor(
    readonly ports: readonly number[],
    /** Text for a known_hosts file. */
    readonly knownHosts: string,
    /** A private key that they let in, as they do any. */
    readonly loginKey: string,
    private readonly servers: { close(): unknown }[],
    private readonly broken: Map<number, string>,
    private readonly received: readonly (readonly string[])[],
  ) {}

  static async start(count: number): Promise<LoopbackHosts> {
    const hostKey = privateKey();
    const broken = new Map<number, string>();
    const received = Array.from({ length: count }, (): string[] => []);
    const servers = received.map((commands, index) =>
      server(hostKey, (command) => {
        commands.push(command);
        return broken.get(index);
      }),
    );
    const ports = await Promise.all(
      servers.map(async (one) => {
        one.listen(0, "127.0.0.1");
        await once(one, "listening");
        return (one.address() as AddressInfo).port;
      }),
    );
    const parsed = utils.parseKey(hostKey);
    if (parsed instanceof Error) throw parsed;
    const publicKey = `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
    return new LoopbackHosts(
      ports,
      ports.map((port) => `[127.0.0.1]:${port} ${publicKey}\n`).join(""),
      privateKey(),
      servers,
      broken,
      received,
    );
  }

  /** From now on commands on one of them fail and say this, or go well again. */
  break(index: number, says: string | undefined): void {
    if (says === undefined) this.broken.delete(index);
    else this.broken.set(index, says);
  }

  /** The commands that came so far to one of them, but for the probe's. */
  commands(index: number): readonly string[] {
    return this.received[index] ?? [];
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

/** RSA in PKCS#1, the one form that both Node can write and ssh2 can read. */
function privateKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs1", format: "pem" })
    .toString();
}

/** @param problemWith what a command that came says of its failure; undefined where it goes well */
function server(hostKey: string, problemWith: (command: string) => string | undefined): Server {
  return new Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      context.accept();
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, info) => {
        const channel = acceptExec();
        const end = (): void => {
          // The probe asks who it is.
          const isProbe = info.command.includes("id -u");
          const problem = isProbe ? undefined : problemWith(info.command);
          if (problem === undefined) channel.write(isProbe ? "0\n" : "{}\n");
          else channel.stderr.write(`${problem}\n`);
          channel.exit(problem === undefined ? 0 : 1);
          channel.end();
        };
        channel.resume();
        channel.on("end", end);
      });
    });
  });
}
