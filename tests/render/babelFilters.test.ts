import * as fc from "fast-check";
import { managedNodes } from "../../core/plan/managed";
import { overlayIpv4, overlayIpv6 } from "../../core/plan/overlay";
import { planMesh } from "../../core/plan/planMesh";
import type { ManagedNode, MeshPlan, NodePlan } from "../../core/plan/plan";
import { networkOf, overlaps, type IpNetwork } from "../../core/registry/addresses";
import type { Registry } from "../../core/registry/registry";
import { babeldConfiguration } from "../../core/render/babeld";
import { registries, settings } from "../plan/arbitraryMesh";

/** A line of babeld's input filter. */
interface Rule {
  readonly within?: IpNetwork;
  readonly length?: number;
  readonly link?: string;
  readonly allows: boolean;
}

function parseRule(line: string): Rule {
  const words = line.split(" ");
  const option = (name: string): string | undefined =>
    words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
  const [within, length, link] = [option("ip"), option("eq"), option("if")];
  return {
    ...(within === undefined ? {} : { within: network(within) }),
    ...(length === undefined ? {} : { length: Number(length) }),
    ...(link === undefined ? {} : { link }),
    allows: words.at(-1) === "allow",
  };
}

/** Whether babeld would take a route from a neighbour on the interface: the first rule that fits decides; without any it does (babeld(8)). */
function takes(rules: readonly Rule[], text: string, interfaceName: string): boolean {
  const route = network(text);
  const found = rules.find(
    ({ within, length, link }) =>
      (link === undefined || link === interfaceName) &&
      (length === undefined || length === route.length) &&
      (within === undefined || (overlaps(within, route) && within.length <= route.length)),
  );
  return found?.allows ?? true;
}

function linesOf(plan: MeshPlan, node: ManagedNode): readonly string[] {
  return babeldConfiguration(plan, node)
    .content.split("\n")
    .filter((line) => line.startsWith("in "));
}

const parsed = new Map<string, IpNetwork>();

/** Parsed once each: there are many routes, and few networks. */
function network(text: string): IpNetwork {
  const known = parsed.get(text) ?? networkOf(text);
  parsed.set(text, known);
  return known;
}

function networksOf({ overlay, prefixes }: NodePlan): readonly string[] {
  return [`${overlay.ipv4}/32`, `${overlay.ipv6}/128`, ...prefixes];
}

/** Of up to eight nodes, with two networks behind every other. */
const meshes: fc.Arbitrary<Registry> = registries(2).map((registry) => ({
  ...registry,
  nodes: registry.nodes.slice(0, 8).map((node) => ({
    ...node,
    prefixes:
      node.id % 2 === 0 ? [`100.${node.id >> 8}.${node.id & 255}.0/24`, `fd99:${node.id.toString(16)}::/32`] : [],
  })),
}));

const runs = { numRuns: 30 };

/** Looks at each half of each link of any mesh, with what its node would take by it. */
function everyHalf(check: (half: Half) => void): void {
  fc.assert(
    fc.property(meshes, (registry) => {
      const plan = planMesh(registry, settings);
      for (const node of managedNodes(plan)) {
        const rules = linesOf(plan, node).map(parseRule);
        for (const { name, remote } of node.connections) {
          const peer = plan.nodes.find((other) => other.name === remote.node);
          if (peer !== undefined) check({ plan, node, peer, taken: (route) => takes(rules, route, name) });
        }
      }
    }),
    runs,
  );
}

interface Half {
  readonly plan: MeshPlan;
  readonly node: NodePlan;
  readonly peer: NodePlan;
  readonly taken: (route: string) => boolean;
}

test("in every mesh, a node takes from a peer all that is the peer's, and nothing of its own", () => {
  everyHalf(({ node, peer, taken }) => {
    expect(networksOf(peer).filter((route) => !taken(route))).toEqual([]);
    expect(networksOf(node).filter(taken)).toEqual([]);
  });
});

test("in every mesh, it takes what is another's from a peer that relays, and from no other", () => {
  everyHalf(({ plan, node, peer, taken }) => {
    const others = plan.nodes.filter((other) => other !== node && other !== peer).flatMap(networksOf);
    expect(others.filter(taken)).toEqual(peer.relays ? others : []);
  });
});

test("in every mesh, neither an underlay address, nor a default route, nor a part of what is announced is taken", () => {
  const strange = ["0.0.0.0/0", "::/0", "198.51.100.1/32", "2001:db8::1/128", "100.0.0.0/8", "10.42.0.0/16"];
  everyHalf(({ plan, taken }) => {
    const parts = plan.nodes.flatMap(({ prefixes }) =>
      prefixes.map((prefix) => prefix.replace(/\/\d+$/, prefix.includes(":") ? "/64" : "/31")),
    );
    expect([...strange, ...parts].filter(taken)).toEqual([]);
  });
});

test("a node that joins and relays changes no rule of the others while ids stay below a power of two, so that no babeld starts again", () => {
  fc.assert(
    fc.property(registries(2), ({ nodes, ...rest }) => {
      // With ids from 1 on, all are below 256.
      const registry = { ...rest, retired: [], nodes: nodes.map((node, index) => ({ ...node, id: index + 1 })) };
      const [joining, ...before] = [...registry.nodes].reverse();
      if (joining === undefined) return;
      const after = planMesh(registry, settings);
      const then = planMesh({ ...registry, nodes: before }, settings);
      fc.pre(after.nodes.some(({ name, relays }) => name === joining.name && relays));
      const rules = (plan: MeshPlan) =>
        managedNodes(plan)
          .filter(({ name }) => name !== joining.name)
          .map((node) => linesOf(plan, node));
      expect(rules(after)).toEqual(rules(then));
    }),
    runs,
  );
});

test("a peer that relays is not believed addresses beyond the ids that there are", () => {
  everyHalf(({ plan, taken }) => {
    const beyond = 2 ** Math.ceil(Math.log2(Math.max(plan.highestId + 1, 256)));
    if (beyond < 65536) expect(taken(`${overlayIpv4(plan.overlay.ipv4, beyond)}/32`)).toBe(false);
    expect(taken(`${overlayIpv6(plan.overlay.ipv6, beyond)}/128`)).toBe(false);
  });
});

test("a route is taken by the first rule that fits", () => {
  const taken = (lines: readonly string[], route: string): boolean => takes(lines.map(parseRule), route, "fm1");
  expect(taken(["in ip 10.42.0.0/16 eq 32 allow", "in deny"], "10.42.0.1/32")).toBe(true);
  expect(taken(["in ip 10.42.0.0/16 eq 32 allow", "in deny"], "10.42.0.0/24")).toBe(false);
  expect(taken(["in ip 10.42.0.0/16 eq 32 if fm2 allow", "in deny"], "10.42.0.1/32")).toBe(false);
  expect(taken([], "10.42.0.1/32")).toBe(true);
});
