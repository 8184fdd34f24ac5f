import { Client } from "ssh2";
import { within } from "./wait";

/** What a command on a host did. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status; 255 if a signal ended the command. */
  readonly code: number;
}

/** Where and as whom to log in. */
export interface Login {
  /** Port on 127.0.0.1. */
  readonly port: number;
  readonly user: string;
  /** Private key text. */
  readonly key: string;
  /** The only host key that is taken: the base64 text of its public part. */
  readonly hostKey: string;
}

/** Time for a login: an emulated host that just booted takes seconds. */
const loginSeconds = 15;

/** One kept SSH connection, on which commands run side by side (sshd's MaxSessions allows 10). */
export class Connection {
  readonly #client: Client;
  #open = true;

  private constructor(client: Client) {
    this.#client = client;
    client.setMaxListeners(0); // one for each command that runs
    client.on("close", () => {
      this.#open = false;
    });
    // Commands that run notice by the end of their channel; without a listener this would end the program.
    client.on("error", () => undefined);
  }

  /** Logs in. */
  static async open(login: Login): Promise<Connection> {
    const client = new Client();
    const connection = new Connection(client);
    const ready = new Promise<void>((resolve, reject) => {
      client.once("ready", resolve).once("error", reject);
      client.once("close", () => {
        reject(new Error("the connection was closed"));
      });
      client.connect({
        host: "127.0.0.1",
        port: login.port,
        username: login.user,
        privateKey: login.key,
        hostVerifier: (key: Buffer) => key.toString("base64") === login.hostKey,
        algorithms: { serverHostKey: ["ssh-ed25519"] },
        readyTimeout: loginSeconds * 1000,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 6,
      });
    });
    try {
      await within(loginSeconds, `login as ${login.user} on port ${login.port}`, ready);
      return connection;
    } catch (error) {
      client.destroy();
      throw error;
    }
  }

  /** False once it is lost, as when the host reboots. */
  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Runs a command in the user's shell.
   * @throws if it takes too long, which ends the connection (it may be a dead one), or if the connection is lost.
   */
  async exec(command: string, stdin: string | Buffer, timeoutSeconds: number): Promise<ExecResult> {
    let lost: () => void = () => undefined;
    const loss = new Promise<never>((_, reject) => {
      lost = () => {
        reject(new Error(`the connection was lost during: ${command}`));
      };
    });
    this.#client.once("close", lost);
    try {
      return await within(timeoutSeconds, command, Promise.race([this.#start(command, stdin), loss]));
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#client.off("close", lost);
    }
  }

  #start(command: string, stdin: string | Buffer): Promise<ExecResult> {
    return new Promise<ExecResult>((resolve, reject) => {
      this.#client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        let code = 255;
        channel.on("data", (chunk: Buffer) => stdout.push(chunk));
        channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
        channel.on("exit", (status: number | null) => {
          code = status ?? 255;
        });
        channel.on("close", () => {
          resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code });
        });
        channel.on("error", reject);
        channel.end(stdin);
      });
    });
  }

  /** Ends the connection at once. */
  close(): void {
    this.#open = false;
    this.#client.destroy();
  }
}
