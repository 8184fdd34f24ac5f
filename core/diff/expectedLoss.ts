import type { MeshPlan, NodePlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { restartEffects, restartedBy, type Daemon } from "./restarts";
import type { HostChange, LinkChange, MeshDifference, NodeChange } from "./meshDifference";

type Nodes = Pick<MeshPlan, "nodes">;

/** More of them are counted. */
const mostNamed = 6;

/**
 * What a change may lose on its way, in a network engineer's words. What is not named loses nothing (tests/e2e/lifecycle, tests/e2e/isolation).
 *
 * @param newKeys whether all nodes get other keys at once, as where the deployer is to make what nodes made
 */
export function expectedLoss(
  { nodes, links, hosts }: Pick<MeshDifference, "nodes" | "links" | "hosts">,
  before: Nodes,
  after: Nodes,
  newKeys: boolean,
): readonly string[] {
  const lines = [
    ...otherAddresses(before, after),
    ...movedOverlays(before, after),
    ...restarts(hosts, "charon"),
    ...blinkingLinks(links),
    ...renewedLinks(links),
    ...(newKeys ? ["all nodes get other keys at once: one that the deploy does not reach is out until it is"] : []),
    ...restarts(hosts, "babeld"),
    ...cutOff(nodes, after.nodes.length),
  ];
  return lines.length === 0 ? ["none: nothing that runs is interrupted"] : lines;
}

function otherAddresses(before: Nodes, after: Nodes): readonly string[] {
  const names = staying(
    before,
    after,
    (old, now) => old.overlay.ipv4 !== now.overlay.ipv4 || old.overlay.ipv6 !== now.overlay.ipv6,
  );
  if (names.length === 0) return [];
  return [`${named(names)}: another overlay address, and what runs over the old one ends`];
}

function movedOverlays(before: Nodes, after: Nodes): readonly string[] {
  const moved = staying(before, after, (old, now) => old.managed && now.managed && old.isolation !== now.isolation);
  if (moved.length === 0) return [];
  return [`${named(moved)}: the overlay is taken down and made elsewhere, some seconds; the IPsec stays`];
}

/** The nodes that are there before and after, and differ. */
function staying(before: Nodes, after: Nodes, differ: (old: NodePlan, now: NodePlan) => boolean): readonly NodePlan[] {
  const old = new Map(before.nodes.map((node) => [node.name, node]));
  return after.nodes.filter((now) => {
    const had = old.get(now.name);
    return had !== undefined && differ(had, now);
  });
}

function restarts(hosts: readonly HostChange[], daemon: Daemon): readonly string[] {
  const restarting = hosts.filter(({ actions }) => restartedBy(actions).includes(daemon));
  return restarting.length === 0 ? [] : [`${named(restarting)}: restart of ${restartEffects[daemon]}`];
}

function blinkingLinks(links: readonly LinkChange[]): readonly string[] {
  const blinking = links.filter(({ change }) => change === "blinks");
  if (blinking.length === 0) return [];
  return [
    `${named(blinking)}: nothing passes from when one end has the change until the other has it too; babel goes round where there is another way`,
  ];
}

function renewedLinks(links: readonly LinkChange[]): readonly string[] {
  const renewed = links.filter(({ change }) => change === "renews");
  if (renewed.length === 0) return [];
  return [`${named(renewed)}: re-established beside what runs, which is terminated then: at most a packet or two`];
}

function cutOff(nodes: readonly NodeChange[], left: number): readonly string[] {
  const leaving = nodes.filter(({ change }) => change === "leaves");
  if (leaving.length === 0 || left === 0) return [];
  return [`${named(leaving)}: gone for all; what it relayed has found another way before, and loses nothing`];
}

function named(things: readonly { readonly name: string }[]): string {
  return listed(
    things.map(({ name }) => name),
    mostNamed,
  );
}
