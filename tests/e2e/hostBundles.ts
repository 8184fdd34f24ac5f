import { createHash } from "node:crypto";
import { publicKeyOf } from "../../core/registry/publicKey";
import { managedNodes } from "../../core/plan/managed";
import { bundle } from "../../core/render/bundle";
import type { HostFile } from "../../core/render/hostFile";
import { renderNode } from "../../core/render/renderNode";
import type { PublicKeys } from "../../core/render/swanctl";
import { killer } from "../host/killer";
import type { NodeName, TestMesh } from "./testMesh";

/** What became of one run of `apply`. */
export interface Applied {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/**
 * A node's files, as the registry now has them, which need not be deployed.
 *
 * @param others keys that nodes have instead of their own
 */
export async function filesOf(mesh: TestMesh, name: NodeName, others: PublicKeys = {}): Promise<readonly HostFile[]> {
  const { output } = await mesh.run("stack", "output", "publicKeys", "--json");
  const pems = Object.entries(JSON.parse(output.slice(output.indexOf("{"))) as Record<string, string>);
  const keys = Object.fromEntries(pems.map(([node, pem]) => [node, [publicKeyOf(pem)]]));
  const plan = mesh.plan();
  const node = managedNodes(plan).find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return renderNode(plan, node, { ...keys, ...others });
}

/** `apply` on a node's host, without the deployer. */
export async function apply(mesh: TestMesh, name: NodeName, files: readonly HostFile[], before = ""): Promise<Applied> {
  const started = Date.now();
  const options = { stdin: bundle(name, files), timeoutSeconds: 200 };
  const command = `${before} /usr/local/lib/fullmesh/apply ${name}`;
  const { code, stdout, stderr } = await mesh.lab.exec(mesh.host(name).name, command, options);
  return { status: code, stdout, stderr, seconds: (Date.now() - started) / 1000 };
}

/** The commands of `apply` for these files, as far as they stand on one line; it runs to its end. */
export async function stepsOf(mesh: TestMesh, name: NodeName, files: readonly HostFile[]): Promise<readonly string[]> {
  const { status, stderr } = await applyUnderKiller(mesh, name, files, "");
  if (status !== 0) throw new Error(`apply failed: ${stderr}`);
  return (await mesh.on(name, "cat /run/steps")).trimEnd().split("\n");
}

/** `apply`, killed with all that it has started at its command of that number. */
export async function applyKilled(
  mesh: TestMesh,
  name: NodeName,
  files: readonly HostFile[],
  at: number,
): Promise<void> {
  const { status, stdout } = await applyUnderKiller(mesh, name, files, `KILL_AT=${at}`);
  if (status === 0) throw new Error(`apply was not killed at ${at}: ${stdout}`);
}

async function applyUnderKiller(
  mesh: TestMesh,
  name: NodeName,
  files: readonly HostFile[],
  setting: string,
): Promise<Applied> {
  await mesh.lab.exec(mesh.host(name).name, "cat >/run/killer; : >/run/steps", { stdin: killer });
  return apply(mesh, name, files, `BASH_ENV=/run/killer STEPS=/run/steps ${setting} setsid --wait bash`);
}

/** Which of the states a host's files are in; undefined for a mixture. What a kill has left beside the files makes none of them. */
export async function stateOf<State extends string>(
  mesh: TestMesh,
  name: NodeName,
  states: Readonly<Record<State, readonly HostFile[]>>,
): Promise<State | undefined> {
  const all = Object.values<readonly HostFile[]>(states).flat();
  const paths = [...new Set(all.map(({ path }) => path))].sort();
  const left = "find /etc -name '*.fullmesh-new'";
  const is = await mesh.on(name, `sha256sum ${paths.join(" ")} 2>/dev/null; ${left}`);
  const names = Object.keys(states) as State[];
  return names.find((state) => {
    const lines = states[state].map(
      ({ path, content }) => `${createHash("sha256").update(content).digest("hex")}  ${path}\n`,
    );
    return lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join("") === is;
  });
}

/** What a host was brought to. */
type States = Readonly<Record<"old" | "wanted", readonly HostFile[]>>;

/**
 * Kills an `apply`, does what a boot would, and applies again. After the boot the files must be old or wanted, and at the end all must be as it was to be.
 *
 * @returns the files after the kill and after the boot, in a line to print
 */
export async function killThenComplete(
  mesh: TestMesh,
  name: NodeName,
  states: States,
  to: keyof States,
  at: number,
): Promise<string> {
  await applyKilled(mesh, name, states[to], at);
  const atOnce = await stateOf(mesh, name, states);
  await mesh.on(name, "/usr/local/lib/fullmesh/apply --boot");
  const afterBoot = await stateOf(mesh, name, states);
  const { status, stderr, seconds } = await apply(mesh, name, states[to]);
  expect([at, afterBoot]).toEqual([at, expect.stringMatching(/^(old|wanted)$/)]);
  expect([at, status, stderr, await stateOf(mesh, name, states)]).toEqual([at, 0, "", to]);
  return `killed: ${atOnce ?? "both"}, after a boot: ${afterBoot ?? "both"}, completed in ${seconds} s`;
}
