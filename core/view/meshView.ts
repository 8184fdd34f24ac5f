import { linkName } from "../plan/connectionName";
import type { Link, MeshPlan, NodePlan } from "../plan/plan";
import type { LinkHealth, MeshHealth, NodeHealth } from "../observe/health";
import { unlinkedWords } from "../describe/unlinked";
import type { LinkBrief, MeshView, NodeState } from "./views";

/** When and where the nodes were asked. */
interface Look {
  readonly stack: string;
  readonly observedAt: string;
  readonly everySeconds: number;
  readonly filesProblem: string | null;
  /** By name of the link: traffic in both directions. */
  readonly bytesPerSecond: ReadonlyMap<string, number>;
}

/** The mesh as the page draws it. `health` is of the same plan. */
export function meshView(plan: MeshPlan, health: MeshHealth, { bytesPerSecond, ...look }: Look): MeshView {
  const places = new Map(plan.nodes.map(({ name }, place) => [name, place]));
  const states = new Map(health.nodes.map((node) => [node.name, stateOf(node)]));
  const placeOf = (name: string): number => places.get(name) ?? 0;
  return {
    ...look,
    healthy: health.healthy,
    counts: health.counts,
    nodes: plan.nodes.map(({ name, id, relays, tags }) => ({
      name,
      id,
      state: states.get(name) ?? "unmanaged",
      relays,
      tags,
    })),
    links: linksOf(plan, health).map(({ link, health: found }) => ({
      ...linkBrief(linkName(link), found),
      a: placeOf(found.a),
      b: placeOf(found.b),
      bytesPerSecond: bytesPerSecond.get(linkName(link)) ?? null,
    })),
    unlinked: plan.unlinked.map(({ a, b, reason }) => ({
      a: placeOf(a),
      b: placeOf(b),
      reason: unlinkedWords[reason],
    })),
  };
}

/** Each planned link, and how it is: both lists have the order of the plan. */
export function linksOf(
  { links }: MeshPlan,
  health: Pick<MeshHealth, "links">,
): readonly { readonly link: Link; readonly health: LinkHealth }[] {
  return links.flatMap((link, index) => {
    const found = health.links[index];
    return found === undefined ? [] : [{ link, health: found }];
  });
}

/** Whether a node that is managed is well. */
export function stateOf({ unreachable, healthy }: NodeHealth): NodeState {
  if (unreachable !== null) return "silent";
  return healthy ? "healthy" : "sick";
}

/** What a link has carried since its security associations were made or rekeyed, as the end tells that tells more; null where none does. */
export function bytesOf({ halves }: LinkHealth): number | null {
  const told = halves.flatMap(({ child }) => (child === null ? [] : [child.bytesIn + child.bytesOut]));
  return told.length === 0 ? null : Math.max(...told);
}

function linkBrief(name: string, link: LinkHealth): Omit<LinkBrief, "a" | "b" | "bytesPerSecond"> {
  const [a, b] = link.halves;
  const child = a.child ?? b.child;
  const costs = [a.babel?.cost, b.babel?.cost].filter((cost) => cost !== undefined);
  return {
    name,
    family: link.family,
    verdict: link.verdict,
    rttMs: link.rttMs,
    isRelayed: [a, b].some(({ route4, route6 }) => [route4, route6].some((route) => route?.kind === "via")),
    cost: costs.length === 0 ? null : Math.max(...costs),
    mtuBytes: a.interface?.mtuBytes ?? b.interface?.mtuBytes ?? null,
    cipher: child?.cipher ?? null,
    ageSeconds: child?.ageSeconds ?? null,
    initiator: link.dialler,
  };
}

/** The node of a name, if the plan has it. */
export function nodeNamed({ nodes }: MeshPlan, name: string): NodePlan | undefined {
  return nodes.find((node) => node.name === name);
}
