import type { MeshPlan } from "../../../core/plan/plan";
import { lossy, SteadyPing, type Loss } from "../steadyPing";
import { TcpFlows, type Flow } from "../tcpFlows";
import type { NodeName, TestMesh } from "../testMesh";
import { say } from "../say";

/** What became of the traffic of a mesh while something was done to it. */
export interface Outcome {
  readonly losses: readonly Loss[];
  readonly flows: readonly Flow[];
  readonly seconds: number;
}

/** Twenty pings a second in each family and a TCP connection, between all pairs of nodes, while something is done. Prints what was lost. */
export async function underTraffic(
  mesh: TestMesh,
  plan: MeshPlan,
  what: string,
  work: () => Promise<void>,
): Promise<Outcome> {
  const flows = await TcpFlows.start(mesh, plan);
  const ping = await SteadyPing.start(mesh.lab, plan, { perSecond: 20, bothSend: false });
  const started = Date.now();
  await work();
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const outcome = { losses: await ping.stop(), flows: await flows.stop(), seconds };
  say(describe(what, outcome));
  return outcome;
}

/** The same while the mesh is deployed, which must go well. */
export function deployedUnderTraffic(mesh: TestMesh, what: string): Promise<Outcome> {
  return underTraffic(mesh, mesh.plan(), what, async () => {
    expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  });
}

/** The same with the next step of a rotation, which `fullmesh rotate` writes and says so. */
export function rotatedUnderTraffic(mesh: TestMesh, what: string, text: string): Promise<Outcome> {
  const { status, stdout } = mesh.fullmesh("rotate", what, "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
  expect(stdout).toContain(text);
  return deployedUnderTraffic(mesh, text);
}

function describe(what: string, { losses, flows, seconds }: Outcome): string {
  const sum = (count: (loss: Loss) => number): number => losses.reduce((total, loss) => total + count(loss), 0);
  const lost = lossy(losses).map(({ from, address, sent, received }) => `${from} -> ${address} ${sent - received}`);
  const slowest = Math.max(...flows.map(({ longestWait }) => longestWait));
  return [
    `${what}: ${seconds} s, ${sum(({ sent }) => sent)} pings sent, ${sum(({ sent, received }) => sent - received)} lost or under way`,
    ...(lost.length === 0 ? [] : [`  lost on ${lost.join(", ")}`]),
    `  ${flows.length} TCP connections, ${flows.filter(({ broken }) => broken).length} broken, longest wait ${slowest.toFixed(2)} s`,
    "",
  ].join("\n");
}

/** The paths and connections of pairs of nodes that the one node is not part of. */
export function withoutNode(plan: MeshPlan, name: string, { losses, flows, seconds }: Outcome): Outcome {
  const node = plan.nodes.find((each) => each.name === name);
  const own: readonly string[] = node === undefined ? [] : [node.overlay.ipv4, node.overlay.ipv6];
  return {
    losses: losses.filter(({ from, address }) => from !== name && !own.includes(address)),
    flows: flows.filter(({ from, to }) => from !== name && to !== name),
    seconds,
  };
}

/** Nothing was lost, no connection broke, and there was traffic. */
export function expectUnharmed({ losses, flows }: Outcome): void {
  expect(losses.length).toBeGreaterThan(0);
  expect(losses.filter(({ sent }) => sent < 100)).toEqual([]);
  expect(lossy(losses)).toEqual([]);
  expect(flows.filter(({ broken, echoes }) => broken || echoes < 50)).toEqual([]);
}

/**
 * Links were made anew beside what ran: the side that answers uses the new security association before the other has it in its kernel. On emulated hosts that are
 * busy with a deploy this was seen to take 0.3 s; a link that is ended and made again takes several.
 */
export function expectNoGap({ losses, flows }: Outcome): void {
  expect(losses.filter(({ sent }) => sent < 100)).toEqual([]);
  expect(losses.filter(({ sent, received }) => sent - received > 20)).toEqual([]);
  expect(flows.filter(({ broken, longestWait }) => broken || longestWait > 2)).toEqual([]);
}

/** The IKE_SAs of a node with their connection and number, and the starts of its daemons: all that a change which does not concern it leaves as it is. */
export async function lives(mesh: TestMesh, node: NodeName): Promise<readonly string[]> {
  const stdout = await mesh.on(
    node,
    `swanctl --list-sas 2>/dev/null | sed -n 's/^\\(fm[^ ]*: #[0-9]*\\), ESTABLISHED.*/\\1/p' | sort
     systemctl show -p ExecMainStartTimestampMonotonic strongswan fullmesh-babeld`,
  );
  return stdout.split("\n").filter((line) => line !== "");
}
