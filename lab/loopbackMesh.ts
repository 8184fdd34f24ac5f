import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { LoopbackHosts } from "./loopbackHosts";
import { PulumiCli } from "./pulumiCli";
import { ScratchProject } from "./scratchProject";
import type { Toolchain } from "./toolchain/toolchain";

const stack = "loopback";

/** A mesh whose hosts only say that all went well, on the real engine: nodes n1, n2 and so on in a scratch project. */
export class LoopbackMesh {
  private constructor(
    readonly hosts: LoopbackHosts,
    readonly project: ScratchProject,
    /** With `--stack` in its environment. */
    readonly pulumi: PulumiCli,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create(nodes: number, toolchain: Toolchain): Promise<LoopbackMesh> {
    const hosts = await LoopbackHosts.start(nodes);
    const project = new ScratchProject(stack);
    const env = {
      ...toolchain.env,
      ...project.env,
      PULUMI_STACK: stack,
      PULUMI_SKIP_CHECKPOINTS: "true",
      PULUMI_OPTION_CONTINUE_ON_ERROR: "true",
      PATH: `${dirname(toolchain.pulumi)}${delimiter}${process.env.PATH ?? ""}`,
    };
    const pulumi = new PulumiCli(toolchain.pulumi, project.folder, env);
    const mesh = new LoopbackMesh(hosts, project, pulumi, env);
    try {
      writeFileSync(join(project.folder, "known_hosts"), hosts.knownHosts);
      writeFileSync(join(project.folder, "id"), hosts.loginKey, { mode: 0o600 });
      hosts.ports.forEach((port, index) => {
        mesh.writeNode(index, port);
      });
      await pulumi.mustRun(["stack", "init", stack], { silentSeconds: 60 });
      mesh.writeSettings({});
      return mesh;
    } catch (error) {
      mesh.close();
      throw error;
    }
  }

  /** Settings of the stack, beside those that the hosts need. */
  writeSettings(more: Readonly<Record<string, string | number | boolean>>): void {
    this.project.writeSettings({
      overlayIpv4: "10.44.0.0/16",
      overlayIpv6: "fd44::/48",
      knownHosts: "known_hosts",
      sshKey: "id",
      parallelism: 16,
      dialSeconds: 5,
      ...more,
    });
  }

  /** Writes the file of a node again that was taken away. */
  returnNode(name: string): void {
    this.writeNode(indexOf(name), this.portOf(name));
  }

  /** From now on a node is to be logged in to at another port of 127.0.0.1, which no other node has. */
  moveTo(name: string, port: number): void {
    this.writeNode(indexOf(name), port);
  }

  /** From now on a node is to be logged in to at the host of another node, by a name of it that known_hosts has, too. */
  aimAt(name: string, other: string): void {
    const port = this.portOf(other);
    const both = this.hosts.knownHosts.replace(`[127.0.0.1]:${port} `, `[127.0.0.1]:${port},[localhost]:${port} `);
    writeFileSync(join(this.project.folder, "known_hosts"), both);
    this.writeNode(indexOf(name), port, { ssh: { host: "localhost", port } });
  }

  /** From now on a node is logged in to as a user who must sudo. */
  sudoOn(name: string): void {
    const port = this.portOf(name);
    this.writeNode(indexOf(name), port, { ssh: { host: "127.0.0.1", port, user: "operator" } });
  }

  /** From now on a node is logged in to through the host of another, as its bastion. */
  putBehind(name: string, bastion: string): void {
    const port = this.portOf(name);
    const jump = [{ host: "127.0.0.1", port: this.portOf(bastion), user: "jump" }];
    this.writeNode(indexOf(name), port, { ssh: { host: "127.0.0.1", port, jump } });
  }

  /** Writes the file of a node with other keys. */
  writeKeys(name: string, keys: readonly number[]): void {
    this.writeNode(indexOf(name), this.portOf(name), { keys });
  }

  /** Of the host that was made for a node. */
  private portOf(name: string): number {
    const port = this.hosts.ports[indexOf(name)];
    if (port === undefined) throw new Error(`there is no host for ${name}`);
    return port;
  }

  private writeNode(index: number, port: number, more: Readonly<Record<string, unknown>> = {}): void {
    this.project.writeNode(`n${index + 1}`, {
      id: index + 1,
      organization: "bench",
      ssh: { host: "127.0.0.1", port },
      endpoints: [{ serial: 0, family: "ip4", address: `198.18.${(index + 1) >> 8}.${(index + 1) & 255}` }],
      ...more,
    });
  }

  /**
   * `fullmesh up --yes`, killed with all that it started when its output matches or after so many milliseconds, if it has not ended by then.
   *
   * @returns its status, or undefined if it was killed
   */
  async up(killed?: RegExp | number): Promise<number | undefined> {
    const cli = join(this.project.folder, "bin", "fullmesh.js");
    const child = spawn(process.execPath, [cli, "up", "--", "--yes", "--skip-preview", "--color", "never"], {
      cwd: this.project.folder,
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(kill, typeof killed === "number" ? killed : 120_000);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (killed instanceof RegExp && killed.test(output)) kill();
      });
    }
    const [status] = (await once(child, "close")) as [number | null];
    clearTimeout(timer);
    if (status !== 0 && status !== null) process.stderr.write(output);
    return status ?? undefined;
  }

  close(): void {
    this.hosts.stop();
    this.project.remove();
  }
}

/** The host of the node n1 is the first. */
function indexOf(name: string): number {
  return Number(name.slice(1)) - 1;
}
