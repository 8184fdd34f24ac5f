import * as fc from "fast-check";
import { accepts, mayLink, relays } from "../../core/plan/policy";
import { planMesh } from "../../core/plan/planMesh";
import { reachProblems } from "../../core/describe/reachProblems";
import { manyRelays, planWarnings } from "../../core/describe/planWarnings";
import { formatProblem } from "../../core/registry/problem";
import { fullMesh, type Endpoint, type Policy, type Registry, type RegistryNode } from "../../core/registry/registry";
import { registries, settings } from "./arbitraryMesh";
import { arbitraryKey } from "../registry/arbitraryRegistry";

function member(id: number, tags: readonly string[], endpoints: readonly Partial<Endpoint>[] = [{}]): RegistryNode {
  return {
    id,
    name: `n${id}`,
    organization: "acme",
    commonName: `n${id}`,
    tags,
    managed: true,
    isolation: "none",
    keys: [1],
    ssh: { host: `198.51.100.${id}`, port: 22, user: "root" },
    endpoints: endpoints.map((endpoint, serial) => ({
      serial,
      family: "ip4",
      address: `192.0.2.${id}`,
      port: 4500,
      mtuBytes: 1500,
      extraCost: 0,
      ...endpoint,
    })),
    prefixes: [],
    file: `nodes/n${id}.yaml`,
  };
}

const hidden: Endpoint = { serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0 };

function behindNat(id: number, tags: readonly string[] = []): RegistryNode {
  return { ...member(id, tags), endpoints: [hidden] };
}

function registry(nodes: readonly RegistryNode[], policy: Policy = fullMesh): Registry {
  return { nodes, retired: [], policy };
}

const said = (of: Registry): readonly string[] => reachProblems(of, planMesh(of, settings)).map(formatProblem);

describe("leaves", () => {
  const policy: Policy = { leaves: [{ tag: "thin", hubs: ["hub", "core"] }], exclude: [] };
  const leaf = member(1, ["thin"]);

  test.each([
    ["a hub of any of its tags", member(2, ["core"]), true],
    ["another leaf", member(2, ["thin"]), false],
    ["a node that is neither", member(2, []), false],
    ["a leaf that is a hub to it, but not the other way round", member(2, ["thin", "hub"]), false],
  ])("link with %s: %#", (_, peer, linked) => {
    expect(mayLink(policy, leaf, peer)).toBe(linked);
    expect(mayLink(policy, peer, leaf)).toBe(linked);
  });

  test("relay for nobody, whatever their tags", () => {
    expect(relays(policy, leaf)).toBe(false);
    expect(relays({ ...policy, transit: ["thin"] }, leaf)).toBe(false);
    expect(relays(policy, member(2, []))).toBe(true);
    expect(relays({ ...policy, transit: ["hub"] }, member(2, []))).toBe(false);
    expect(relays({ ...policy, transit: ["hub"] }, member(2, ["hub"]))).toBe(true);
  });
});

test("excluded tags do not link, in either order", () => {
  const policy: Policy = { leaves: [], exclude: [{ tag: "lab", from: "prod" }] };
  expect(mayLink(policy, member(1, ["lab"]), member(2, ["prod"]))).toBe(false);
  expect(mayLink(policy, member(1, ["prod"]), member(2, ["lab"]))).toBe(false);
  expect(mayLink(policy, member(1, ["lab"]), member(2, ["lab"]))).toBe(true);
});

describe("what a node accepts", () => {
  const nodes = [member(1, ["admin"]), member(2, ["admin", "server"]), member(3, ["server"])];
  const ssh = { protocol: "tcp", first: 22, last: 22 } as const;
  const allow = [
    { from: "admin", to: "server", ports: [ssh] },
    { from: "server", to: "server" },
  ];

  test("is everything, where the policy does not say", () => {
    expect(nodes.map((node) => accepts(fullMesh, node, nodes))).toEqual(["everything", "everything", "everything"]);
  });

  test("is what rules to one of its tags allow, from all nodes with the other", () => {
    const toServers = [
      { from: "admin", sources: ["n1", "n2"], ports: [ssh] },
      { from: "server", sources: ["n2", "n3"], ports: "all" },
    ];
    expect(nodes.map((node) => accepts({ ...fullMesh, allow }, node, nodes))).toEqual([[], toServers, toServers]);
    expect(nodes.map((node) => accepts({ ...fullMesh, allow: [] }, node, nodes))).toEqual([[], [], []]);
  });
});

describe("reach", () => {
  test("two nodes behind NAT reach each other by way of one that is not, and that is said", () => {
    const plan = planMesh(registry([behindNat(1), member(2, []), behindNat(3)]), settings);
    expect(plan.unlinked).toEqual([{ a: "n1", b: "n3", reason: "no-address", via: ["n2"] }]);
    expect(planWarnings(plan)).toEqual([
      "n1 and n3 have no direct link (neither has an address): they reach each other by way of n2",
    ]);
  });

  test("of many pairs 20 are warned of, and where to see the others is said", () => {
    const hub = member(1, []);
    const plan = planMesh(registry([hub, ...Array.from({ length: 8 }, (_, index) => behindNat(index + 2))]), settings);
    expect(plan.unlinked).toHaveLength(28);
    const warnings = planWarnings(plan);
    expect(warnings).toHaveLength(21);
    expect(warnings[20]).toBe(
      "8 more pairs have no direct link: in the preview, each node's `noLinkWith` names them all",
    );
  });

  test("what the policy wants is no warning", () => {
    const policy: Policy = { leaves: [{ tag: "thin", hubs: ["hub"] }], exclude: [] };
    const plan = planMesh(registry([member(1, ["thin"]), member(2, ["hub"]), member(3, ["thin"])], policy), settings);
    expect(plan.unlinked).toEqual([{ a: "n1", b: "n3", reason: "policy", via: ["n2"] }]);
    expect(planWarnings(plan)).toEqual([]);
  });

  test("a mesh that falls apart is refused, and who is cut off is named once", () => {
    expect(
      said(registry([behindNat(1), behindNat(2), member(3, [], [{ family: "ip6", address: "2001:db8::3" }])])),
    ).toEqual([
      expect.stringMatching(
        /^nodes\/n1.yaml:1:1: n1 cannot reach n2 and n3, neither by a link \(neither has an address; no family in common\) nor by way of nodes that relay\n    fix: /,
      ),
      expect.stringMatching(/^nodes\/n2.yaml:1:1: n2 cannot reach n3, /),
    ]);
  });

  test("a node whose only links are with nodes that do not relay is cut off", () => {
    const policy: Policy = { leaves: [], exclude: [], transit: ["hub"] };
    expect(said(registry([behindNat(1), member(2, []), behindNat(3)], policy))).toEqual([
      expect.stringMatching(
        /^nodes\/n1.yaml:1:1: n1 cannot reach n3, .*\n    fix: let it link with a node that relays \(_policy.yaml\)/,
      ),
    ]);
    expect(said(registry([behindNat(1), member(2, ["hub"]), behindNat(3)], policy))).toEqual([]);
  });
});

test("more relays than babel settles with are warned of", () => {
  const nodes = Array.from({ length: manyRelays + 1 }, (_, index) => member(index + 1, index < 4 ? ["hub"] : []));
  expect(planWarnings(planMesh(registry(nodes), settings))).toEqual([
    expect.stringMatching(/^41 nodes relay for each other/),
  ]);
  expect(planWarnings(planMesh(registry(nodes, { ...fullMesh, transit: ["hub"] }), settings))).toEqual([]);
});

test("in every mesh, a way between two unlinked nodes is made of links, and of nodes that relay", () => {
  fc.assert(
    fc.property(registries(), (any) => {
      const { nodes, links, unlinked } = planMesh(any, settings);
      const linked = new Set(
        links.flatMap(({ a, b }) => [`${a.local.node} ${b.local.node}`, `${b.local.node} ${a.local.node}`]),
      );
      const relaying = new Set(nodes.filter((node) => node.relays).map(({ name }) => name));
      for (const { a, b, via } of unlinked) {
        const stops = via === null ? [] : [a, ...via, b];
        expect(stops.slice(1).every((stop, index) => linked.has(`${stops[index] ?? ""} ${stop}`))).toBe(true);
        expect((via ?? []).every((relay) => relaying.has(relay))).toBe(true);
        // One relay between them would be enough, if any were linked with both.
        const common = nodes.some(
          ({ name }) => relaying.has(name) && linked.has(`${a} ${name}`) && linked.has(`${name} ${b}`),
        );
        if (common) expect(via).toHaveLength(1);
      }
    }),
    { numRuns: 30 },
  );
});

describe("nodes that are not managed", () => {
  const partner = (id: number, tags: readonly string[] = []): RegistryNode => ({
    ...member(id, tags),
    managed: false,
    publicKey: arbitraryKey(1),
  });

  test("relay for nobody, whatever their tags", () => {
    expect(relays(fullMesh, partner(1))).toBe(false);
    expect(relays({ ...fullMesh, transit: ["hub"] }, partner(1, ["hub"]))).toBe(false);
  });

  test("have no links with each other, and lack none", () => {
    const plan = planMesh(registry([member(1, []), partner(2), partner(3)]), settings);
    expect(plan.links.map(({ a, b }) => [a.local.node, b.local.node])).toEqual([
      ["n1", "n2"],
      ["n1", "n3"],
    ]);
    expect(plan.unlinked).toEqual([]);
  });

  test("take strongSwan's default for ESP, too, and the others have ours alone", () => {
    const { links } = planMesh(registry([member(1, []), member(2, []), partner(3)]), settings);
    expect(links.map(({ a, b }) => [a.local.node, b.local.node, a.espProposals, b.espProposals])).toEqual([
      ["n1", "n2", "aes256gcm16-x25519", "aes256gcm16-x25519"],
      ["n1", "n3", "aes256gcm16-x25519,aes256gcm16", "aes256gcm16-x25519,aes256gcm16"],
      ["n2", "n3", "aes256gcm16-x25519,aes256gcm16", "aes256gcm16-x25519,aes256gcm16"],
    ]);
  });

  test("must be reached by all managed nodes, if need be by way of one of them", () => {
    const twoWays = registry([member(1, []), behindNat(2), { ...partner(3), endpoints: [hidden] }]);
    expect(planMesh(twoWays, settings).unlinked).toMatchObject([{ a: "n2", b: "n3", via: ["n1"] }]);
    expect(said(twoWays)).toEqual([]);
    expect(said(registry([behindNat(1), { ...partner(2), endpoints: [hidden] }]))).toEqual([
      expect.stringContaining("n1 cannot reach n2"),
    ]);
  });
});
