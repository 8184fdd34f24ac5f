/** An SSH server on loopback that runs commands with /bin/sh, as sshd does. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { Server, utils, type Connection, type ServerChannel, type Session } from "ssh2";

/** What a host lets in and accepts. */
export interface SshHostOptions {
  /** Line of authorized_keys. */
  readonly authorizedKey?: string;
  readonly password?: string;
  /** Private host key; a new ed25519 one where there is none. */
  readonly hostKey?: string;
  /** Environment variables that the host accepts (AcceptEnv of sshd). */
  readonly acceptEnv?: readonly string[];
}

/** A running host. */
export interface SshHost {
  readonly port: number;
  /** Its host key as a line of authorized_keys. */
  readonly hostKey: string;
  /** Algorithm of its signature in each handshake. */
  readonly signatures: string[];
  /** Commands that ran. */
  readonly commands: string[];
  /** TCP connections so far. */
  dials(): number;
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a host. */
export async function startSshHost(options: SshHostOptions): Promise<SshHost> {
  const privateKey = options.hostKey ?? utils.generateKeyPairSync("ed25519").private;
  const hostKey = utils.parseKey(privateKey);
  if (hostKey instanceof Error) throw hostKey;
  const signatures: string[] = [];
  const commands: string[] = [];
  const open = new Set<Connection>();
  let dials = 0;
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    open.add(client);
    client.on("handshake", ({ serverHostKey }) => signatures.push(serverHostKey));
    client.on("close", () => open.delete(client));
    // A client that refuses the host key hangs up.
    client.on("error", () => undefined);
    authenticate(client, options);
    client.on("session", (accept) => {
      serveSession(accept(), commands, options.acceptEnv ?? []);
    });
  });
  const tcp = createServer((socket) => {
    dials++;
    socket.setNoDelay(true);
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const address = tcp.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    hostKey: `${hostKey.type} ${hostKey.getPublicSSH().toString("base64")}`,
    signatures,
    commands,
    dials: () => dials,
    idle: async () => {
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of open) client.end();
        tcp.close(() => {
          resolve();
        });
      }),
  };
}

function authenticate(client: Connection, { authorizedKey, password }: SshHostOptions): void {
  const authorized = authorizedKey === undefined ? undefined : Buffer.from(authorizedKey.split(" ")[1] ?? "", "base64");
  client.on("authentication", (context) => {
    if (context.method === "publickey" && authorized?.equals(context.key.data)) {
      const key = utils.parseKey(authorizedKey ?? "");
      if (context.signature === undefined || context.blob === undefined) context.accept();
      else if (!(key instanceof Error) && key.verify(context.blob, context.signature, context.hashAlgo))
        context.accept();
      else context.reject(["publickey"]);
    } else if (context.method === "password" && password !== undefined && context.password === password) {
      context.accept();
    } else {
      context.reject(["publickey", "password"]);
    }
  });
}

function serveSession(session: Session, commands: string[], acceptEnv: readonly string[]): void {
  const environment: Record<string, string> = {};
  session.on("env", (accept, reject, { key, val }) => {
    // With no reply wanted, both are missing.
    if (!acceptEnv.includes(key)) {
      (reject as (() => void) | undefined)?.();
      return;
    }
    environment[key] = val;
    (accept as (() => void) | undefined)?.();
  });
  session.on("exec", (accept, _reject, { command }) => {
    commands.push(command);
    run(command, environment, accept());
  });
}

function run(command: string, environment: Record<string, string>, channel: ServerChannel): void {
  const shell = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env.PATH, ...environment } });
  // What a command does not read is lost, as under sshd.
  shell.stdin.on("error", () => undefined);
  channel.on("data", (chunk: Buffer) => shell.stdin.write(chunk));
  channel.on("end", () => shell.stdin.end());
  shell.stdout.on("data", (chunk: Buffer) => channel.write(chunk));
  shell.stderr.on("data", (chunk: Buffer) => channel.stderr.write(chunk));
  shell.on("close", (code, signal) => {
    if (code === null) channel.exit((signal ?? "SIGKILL").replace(/^SIG/, ""), false, "");
    else channel.exit(code);
    channel.close();
  });
}
