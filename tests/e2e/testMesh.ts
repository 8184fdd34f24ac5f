import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MeshPlan } from "../../core/plan/plan";
import { withLock } from "../../lab/lock";
import { PulumiCli, type CliResult } from "../../lab/pulumiCli";
import { projectFolder, ScratchProject } from "../../lab/scratchProject";
import { prepareToolchain } from "../../lab/toolchain/toolchain";
import type { ImageState, Lab, LabHost } from "../../lab/vm/lab";
import { stuckAfter } from "../../lab/vm/wait";
import { loadMesh } from "../../stack/plannedMesh";
import { keptMesh } from "./keptMesh";
import { labInState } from "./labInState";
import { say } from "./say";

/** Names of the test mesh's nodes; the node with id 1 is on the lab's host h1, and so on. */
export const nodeNames = ["fra1", "nyc1", "tyo1", "sao1"] as const;

/** One of them. */
export type NodeName = (typeof nodeNames)[number];

/** A mesh that scenarios start with. */
export interface DeployedMesh {
  /** Letters only: it is in names of files. */
  readonly name: string;
  /** Writes its registry. */
  readonly write: (mesh: TestMesh) => void;
}

/** Time for another scenario that deploys the same mesh. */
const deploySeconds = 1800;

/** A stack of its own in a scratch project, whose nodes are the hosts of the lab `test`. */
export class TestMesh {
  private constructor(
    readonly lab: Lab,
    readonly project: ScratchProject,
    private readonly pulumi: PulumiCli,
  ) {}

  /**
   * Before the tests of a file, brings up lab and toolchain, and makes an empty stack; after them, ends what there is by then. The lab goes on, for the next file.
   *
   * @param start `bare`, as after their first boot; `packaged`: the packages are on them; or a mesh that is deployed already, once for all scenarios that start with it
   * @param prepare what else is to be done before the first test
   * @param count how many hosts the lab has
   */
  static setUp(
    start: ImageState | DeployedMesh,
    prepare: (mesh: TestMesh) => void | Promise<void>,
    count: number = nodeNames.length,
  ): void {
    const ends: (() => void)[] = [];
    beforeAll(async () => {
      await prepare(await TestMesh.create(start, count, (end) => ends.push(end)));
    }, 1_800_000);
    afterAll(() => {
      for (const end of ends) end();
    });
  }

  private static async create(
    start: ImageState | DeployedMesh,
    count: number,
    atEnd: (end: () => void) => void,
  ): Promise<TestMesh> {
    if (typeof start === "string") return TestMesh.empty(start, count, atEnd);
    const kept = keptMesh(start.name);
    return withLock(kept.lock, deploySeconds, async () => {
      const mesh = await TestMesh.empty(kept.exists() ? kept.disk : "packaged", count, atEnd);
      start.write(mesh);
      if (kept.exists()) {
        kept.restore(mesh.project, mesh.lab);
        mesh.writeSettings({});
      } else {
        expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
        kept.save(mesh.project, mesh.lab);
        await mesh.lab.keep(kept.disk);
      }
      await mesh.untilHealthy();
      return mesh;
    });
  }

  /** A stack without nodes, and hosts in a kept state. */
  private static async empty(hosts: string, count: number, atEnd: (end: () => void) => void): Promise<TestMesh> {
    const print = (line: string): void => {
      say(`${line}\n`);
    };
    const toolchain = await prepareToolchain({ progress: print });
    print(toolchain.description);
    const lab = await labInState(hosts, count, print);
    atEnd(() => {
      lab.close();
    });
    const project = new ScratchProject("e2e");
    atEnd(() => {
      project.remove();
    });
    const pulumi = new PulumiCli(toolchain.pulumi, project.folder, {
      ...toolchain.env,
      ...project.env,
      PULUMI_OPTION_CONTINUE_ON_ERROR: "true",
    });
    const mesh = new TestMesh(lab, project, pulumi);
    await pulumi.mustRun(["stack", "init", project.stack], { silentSeconds: 60 });
    mesh.writeSettings({});
    return mesh;
  }

  /** Settings of the stack, beside those that the lab needs. With `lan`, babel finds its routes soonest. */
  writeSettings(more: Readonly<Record<string, string | number | boolean>>): void {
    this.project.writeSettings({
      overlayIpv4: "10.43.0.0/16",
      overlayIpv6: "fd43:f00d:cafe::/48",
      knownHosts: this.lab.knownHostsFile,
      sshKey: this.lab.keyFile,
      babelProfile: "lan",
      purgePackages: true,
      dialSeconds: 20,
      ...more,
    });
  }

  /** Writes the node file of a lab host, with one IPv4 endpoint if nothing else is said; the last of them is logged in to as a user who must sudo. */
  writeNode(
    name: NodeName,
    { ssh, ...more }: Readonly<Record<string, unknown>> & { readonly ssh?: { readonly port: number } } = {},
  ): void {
    const id = nodeNames.indexOf(name) + 1;
    const host = this.host(name);
    this.project.writeNode(name, {
      id,
      organization: "lab",
      ssh: { host: "127.0.0.1", port: host.sshPort, user: name === "sao1" ? "operator" : "root", ...ssh },
      endpoints: [{ serial: 0, family: "ip4", address: host.ip4, port: 4500 }],
      ...more,
    });
  }

  /** Writes the registry's `_policy.yaml`. */
  writePolicy(text: string): void {
    writeFileSync(join(this.project.registry, "_policy.yaml"), text);
  }

  /** The lab host that a node is on. */
  host(name: NodeName): LabHost {
    const host = this.lab.hosts[nodeNames.indexOf(name)];
    if (host === undefined) throw new Error(`the lab has no host for ${name}`);
    return host;
  }

  /** Both families of a lab host as endpoints, with more fields for both. */
  bothFamilies(name: NodeName, more: Readonly<Record<string, unknown>> = {}): readonly object[] {
    const { ip4, ip6 } = this.host(name);
    return [
      { serial: 0, family: "ip4", address: ip4, ...more },
      { serial: 1, family: "ip6", address: ip6, ...more },
    ];
  }

  /** Two uplinks of one family as endpoints, of which the second is the second choice; the lab host must have it. */
  twoUplinks(name: NodeName): readonly object[] {
    const { ip4 } = this.host(name);
    return [
      { serial: 0, family: "ip4", address: ip4, interface: "eth0" },
      { serial: 1, family: "ip4", address: ip4.replace("192.0.2.", "198.51.100."), interface: "eth1", cost: 480 },
    ];
  }

  /** Runs a shell command on the host of a node, which must go well. */
  async on(name: NodeName, command: string, timeoutSeconds = 60): Promise<string> {
    const { code, stdout, stderr } = await this.lab.exec(this.host(name).name, command, { timeoutSeconds });
    if (code !== 0) throw new Error(`${name}: ${command}: status ${code}: ${stderr || stdout}`);
    return stdout;
  }

  /** Waits until a shell command on the host of a node goes well, at most so long. Gives the seconds that it took. */
  async until(name: NodeName, condition: string, seconds: number): Promise<number> {
    const wait = `started=$(date +%s)
      for try in $(seq ${seconds}); do
        if ${condition}; then echo $(($(date +%s) - started)); exit; fi
        sleep 1
      done
      exit 1`;
    return Number(await this.on(name, wait, seconds + 60));
  }

  /** `pulumi ARGS --stack e2e`, its output shown as it comes. */
  run(...args: readonly string[]): Promise<CliResult> {
    return this.runWith({}, ...args);
  }

  /** As `run`, with more environment variables. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> {
    return this.pulumi.run([...args, "--stack", this.project.stack, "--color", "never"], {
      silentSeconds: 600,
      env,
      onOutput: (text) => {
        say(text);
      },
    });
  }

  /**
   * As `run`, with checkpoints off, and ended by `kill -9` as soon as the output matches. The lock that it leaves is taken away, as its owner would do.
   *
   * @returns whether it was killed, and did not end before
   */
  async runKilled(when: RegExp, ...args: readonly string[]): Promise<boolean> {
    let pid = 0;
    let killed = false;
    let output = "";
    await this.pulumi.run([...args, "--stack", this.project.stack, "--color", "never"], {
      silentSeconds: 600,
      env: { PULUMI_SKIP_CHECKPOINTS: "true" },
      onStart: (started) => (pid = started),
      onOutput: (text) => {
        say(text);
        output += text;
        if (killed || !when.test(output)) return;
        killed = true;
        process.kill(pid, "SIGKILL");
      },
    });
    await this.pulumi.mustRun(["cancel", "--yes", "--stack", this.project.stack], { silentSeconds: 60 });
    return killed;
  }

  /** The stack's state with its secrets, which is shown nowhere. */
  async state(): Promise<string> {
    const args = ["stack", "export", "--show-secrets", "--stack", this.project.stack];
    return (await this.pulumi.mustRun(args, { silentSeconds: 60 })).output;
  }

  /** Waits until `status` finds nothing wrong, as long as what it finds changes. */
  async untilHealthy(): Promise<void> {
    const stuck = await stuckAfter(60, 1, () => {
      const { status, stdout } = this.fullmesh("status", "--stack", this.project.stack);
      return status === 0 ? { done: true } : { did: stdout };
    });
    if (stuck !== undefined) throw new Error(`the mesh does not become healthy:\n${stuck}`);
  }

  /** The plan of the registry as it now stands. */
  plan(): MeshPlan {
    return loadMesh(this.project.folder, this.project.stack).plan;
  }

  /** `fullmesh ARGS` in the scratch project. */
  fullmesh(...args: readonly string[]): { readonly status: number; readonly stdout: string } {
    const result = spawnSync(process.execPath, [join(projectFolder, "bin", "fullmesh.js"), ...args], {
      cwd: this.project.folder,
      encoding: "utf8",
      timeout: 300_000,
    });
    return { status: result.status ?? 1, stdout: result.stdout + result.stderr };
  }
}
