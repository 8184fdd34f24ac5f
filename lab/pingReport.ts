import Table from "cli-table3";
import type { MeshPlan } from "../core/plan/plan";
import { allPings, parsePings, pingCommand, pingOn } from "./overlayPing";
import type { Lab } from "./vm/lab";

/** The lab's host `h3` is the node with id 3. */
export function labHostOf(plan: MeshPlan, node: string): string {
  const id = plan.nodes.find(({ name }) => name === node)?.id;
  if (id === undefined) throw new Error(`no node ${node} in the plan`);
  return `h${id}`;
}

/** Pings between all pairs of nodes of a lab's mesh, as a table of mean round trips in milliseconds. `lost` counts the addresses that lost a packet. */
export async function pingReport(plan: MeshPlan, lab: Lab): Promise<{ readonly text: string; readonly lost: number }> {
  const pings = allPings(plan);
  const rows = await Promise.all(
    plan.nodes.map(async (node) => {
      const mine = pings.filter(({ from }) => from === node.name);
      const { stdout } = await lab.exec(
        labHostOf(plan, node.name),
        pingCommand(
          pingOn(node),
          mine.map(({ address }) => address),
        ),
      );
      const results = parsePings(stdout);
      return { node, results };
    }),
  );
  let lost = 0;
  const table = new Table({
    head: ["ping ms (v4 / v6)", ...plan.nodes.map(({ name }) => name)],
    style: { head: [], border: [] },
  });
  for (const { node, results } of rows) {
    const cells = plan.nodes.map((to) => {
      if (to === node) return "";
      return [to.overlay.ipv4, to.overlay.ipv6]
        .map((address) => {
          const result = results.get(address);
          if (result?.received !== 3) lost += 1;
          return result?.rttMs === undefined ? "lost" : result.rttMs.toFixed(1);
        })
        .join(" / ");
    });
    table.push([node.name, ...cells]);
  }
  return { text: table.toString(), lost };
}
