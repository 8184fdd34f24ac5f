import * as fc from "fast-check";
import type { Connection } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { registries, settings } from "./arbitraryMesh";

const runs = { numRuns: 40 };
const pairsOf = (count: number): number => (count * (count - 1)) / 2;
const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const linkKey = ({ local, remote }: Connection): string =>
  `${local.node}/${local.serial}-${remote.node}/${remote.serial}`;

describe("every mesh of up to 64 nodes", () => {
  test("has exactly one initiator on each link, and it can reach the other end", () => {
    fc.assert(
      fc.property(registries(), (registry) => {
        const wrong = planMesh(registry, settings).links.filter(
          ({ a, b }) => a.initiates === b.initiates || (a.initiates ? a : b).remote.address === undefined,
        );
        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });

  test("has links whose two halves agree", () => {
    fc.assert(
      fc.property(registries(), (registry) => {
        const { links } = planMesh(registry, settings);
        const shared = ({ family, mtuBytes, espProposals }: Connection): unknown => ({
          family,
          mtuBytes,
          espProposals,
        });
        expect(links.map(({ b }) => [b.local, b.remote, shared(b)])).toEqual(
          links.map(({ a }) => [a.remote, a.local, shared(a)]),
        );
      }),
      runs,
    );
  });

  test("has no two of anything that must be unique", () => {
    fc.assert(
      fc.property(registries(), (registry) => {
        const plan = planMesh(registry, settings);
        expect(unique(plan.nodes.map((node) => node.overlay.ipv4))).toBe(true);
        expect(unique(plan.nodes.map((node) => node.overlay.ipv6))).toBe(true);
        expect(unique(plan.nodes.map((node) => node.linkLocal))).toBe(true);
        expect(unique(plan.links.map(({ a }) => linkKey(a)))).toBe(true);
        for (const { connections } of plan.nodes) {
          expect(unique(connections.map(({ ifId }) => ifId))).toBe(true);
          expect(unique(connections.map((connection) => connection.name))).toBe(true);
          expect(connections.every((connection) => Buffer.byteLength(connection.name) <= 15)).toBe(true);
          expect(connections.every(({ ifId }) => ifId >= 1 && ifId <= 0xffffffff)).toBe(true);
        }
      }),
      runs,
    );
  });

  test("has each pair of nodes either linked or named as unlinked, but for two that are not managed", () => {
    fc.assert(
      fc.property(registries(1), (registry) => {
        const { nodes, links, unlinked } = planMesh(registry, settings);
        const pairs = new Set([
          ...links.map(({ a }) => [a.local.node, a.remote.node].sort().join()),
          ...unlinked.map(({ a, b }) => [a, b].sort().join()),
        ]);
        const unmanaged = nodes.filter(({ managed }) => !managed).length;
        expect(pairs.size).toBe(pairsOf(nodes.length) - pairsOf(unmanaged));
      }),
      runs,
    );
  });

  test("changes nothing between the others when any node leaves, and so when it joins", () => {
    fc.assert(
      fc.property(registries(1), fc.nat(), (registry, pick) => {
        const leaver = registry.nodes[pick % registry.nodes.length];
        const others = registry.nodes.filter((node) => node !== leaver);
        const without = planMesh({ ...registry, nodes: others }, settings);
        const before = planMesh(registry, settings);
        const kept = before.nodes
          .filter((node) => node.name !== leaver?.name)
          .map((node) => ({ ...node, connections: node.connections.filter((c) => c.remote.node !== leaver?.name) }));
        expect(without.nodes).toEqual(kept);
      }),
      runs,
    );
  });

  test("does not depend on the order of the files", () => {
    fc.assert(
      fc.property(registries(), fc.infiniteStream(fc.nat()), (registry, random) => {
        const shuffled = registry.nodes
          .map((node) => ({ node, at: random.next().value as number }))
          .sort((one, other) => one.at - other.at)
          .map(({ node }) => node);
        expect(planMesh({ ...registry, nodes: shuffled }, settings)).toEqual(planMesh(registry, settings));
      }),
      runs,
    );
  });
});
