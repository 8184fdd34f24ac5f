import * as fc from "fast-check";
import { renderText } from "../../cli/diff/render";
import { sections, summary } from "../../cli/diff/sections";
import { compareMeshes, type DescribedMesh } from "../../core/diff/compareMeshes";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { babelProfiles } from "../../core/registry/babelProfile";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh, type Policy, type Registry, type RegistryNode } from "../../core/registry/registry";
import type { KeySource, MeshSettings } from "../../core/registry/settings";
import { registries, settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const plain = new Proxy({}, { get: () => (text: string) => text }) as Parameters<typeof renderText>[2];

const three = [labNode(1, "fra1"), labNode(2, "nyc1"), labNode(3, "tyo1")];

/** What else a comparison looks at. */
function described(plan: MeshPlan, keySource: KeySource = "state", retired: Registry["retired"] = []): DescribedMesh {
  return { plan, registry: { retired }, settings: { keySource } };
}

/** The report on the way from three nodes to others. */
function report(nodes: readonly RegistryNode[], other: Partial<MeshSettings> = {}, policy: Policy = fullMesh): string {
  const plan = (some: readonly RegistryNode[], more: Partial<MeshSettings>, which: Policy) =>
    planMesh({ nodes: some, retired: [], policy: which }, { ...settings, ...more });
  const difference = compareMeshes(described(plan(three, {}, fullMesh)), described(plan(nodes, other, policy)));
  return renderText(summary(difference), sections(difference), plain);
}

/** Three nodes, of which one is another than before. */
function withNyc1(more: Parameters<typeof labNode>[2]): readonly RegistryNode[] {
  return three.map((each) => (each.name === "nyc1" ? labNode(2, "nyc1", more) : each));
}

test("nothing changes, and nothing is lost", () => {
  expect(report(three)).toBe(`no node and no link is concerned

expected loss
  none: nothing that runs is interrupted`);
});

test("a node that joins costs the others a connection each, and nothing else", () => {
  expect(report([...three, labNode(9, "ams1")])).toBe(`1 node joins, 3 links join

nodes
  +  ams1  10.42.0.9, fd42:f00d::9

links
  +  fra1 - ams1  ip4 192.0.2.11:4500 -> 192.0.2.19:4500, initiator fra1, if_id 2304, MTU 1438, cost 480
  +  nyc1 - ams1  ip4 192.0.2.12:4500 -> 192.0.2.19:4500, initiator ams1, if_id 2304, MTU 1438, cost 480
  +  tyo1 - ams1  ip4 192.0.2.13:4500 -> 192.0.2.19:4500, initiator tyo1, if_id 2304, MTU 1438, cost 480

hosts
  ~  fra1, nyc1, tyo1  charon takes connections anew; interfaces and routes are brought up to date; babeld takes 1 interface; nftables rules are replaced, in one transaction
  +  ams1  all is installed

expected loss
  none: nothing that runs is interrupted`);
});

test("a node that leaves is ended on the others", () => {
  expect(report(three.slice(0, 2))).toBe(`1 node leaves, 2 links leave

nodes
  -  tyo1  10.42.0.3, fd42:f00d::3; if it is gone for good, retire its id 3 in _retired.yaml

links
  -  fra1 - tyo1, nyc1 - tyo1

hosts
  ~  fra1, nyc1  charon takes connections anew; 1 connection is ended; interfaces and routes are brought up to date; babeld gives up 1 interface; nftables rules are replaced, in one transaction
  -  tyo1  all is taken away

failures
  -  pairs with one way  0 => 1; now fra1 - nyc1

expected loss
  tyo1: gone for all; what it relayed has found another way before, and loses nothing`);
});

test("an uplink with another MTU changes its links while they carry on", () => {
  const endpoints = [{ ...labNode(2, "nyc1").endpoints[0], mtuBytes: 1400 }] as RegistryNode["endpoints"];
  expect(report(withNyc1({ endpoints }))).toBe(`2 links change

links
  ~  fra1 - nyc1, nyc1 - tyo1  mtu 1438 => 1338

hosts
  ~  fra1, nyc1, tyo1  interfaces and routes are brought up to date; nftables rules are replaced, in one transaction

expected loss
  none: nothing that runs is interrupted`);
});

test("an uplink with another address makes its links blink, at both ends", () => {
  const endpoints = [{ ...labNode(2, "nyc1").endpoints[0], address: "192.0.2.99" }] as RegistryNode["endpoints"];
  const text = report(withNyc1({ endpoints }));
  expect(text).toMatch(/^2 links blink\n/);
  expect(text).toContain(
    "~  fra1 - nyc1  blinks: path ip4 192.0.2.11:4500 -> 192.0.2.12:4500 => ip4 192.0.2.11:4500 -> 192.0.2.99:4500",
  );
  expect(text).toContain("fra1 - nyc1 and nyc1 - tyo1: nothing passes from when one end has the change");
});

test("another UDP port restarts the charon of that node alone", () => {
  const endpoints = [{ ...labNode(2, "nyc1").endpoints[0], port: 4600 }] as RegistryNode["endpoints"];
  const text = report(withNyc1({ endpoints }));
  expect(text).toMatch(/^1 node changes, 2 links blink\n/);
  expect(text).toContain("nyc1: restart of charon");
  expect(text).not.toMatch(/(fra1|tyo1).*restart of charon/);
});

test("with other ciphers all links are re-established without a gap, and another profile restarts each babeld", () => {
  const text = report(three, { ciphers: cipherProfiles.cnsa, babel: babelProfiles.lan });
  expect(text).toMatch(/^3 links renew\n/);
  expect(text).toContain("~  esp  aes256gcm16-x25519 => aes256gcm16-ecp384");
  expect(text).toContain("fra1, nyc1 and tyo1: restart of babeld");
});

test("nobody is told to retire an id that is", () => {
  const plan = (nodes: readonly RegistryNode[]) => planMesh({ nodes, retired: [], policy: fullMesh }, settings);
  const retired = [{ id: 3, name: "tyo1", gone: false }];
  const { nodes } = compareMeshes(described(plan(three)), described(plan(three.slice(0, 2)), "state", retired));
  expect(nodes).toEqual([expect.not.objectContaining({ freeId: 3 })]);
});

test("keys that nodes made stay where the deployer made those before, and are other ones the other way round", () => {
  const plan = planMesh({ nodes: three, retired: [], policy: fullMesh }, settings);
  const said = (before: KeySource, after: KeySource): string => {
    const difference = compareMeshes(described(plan, before), described(plan, after));
    return renderText(summary(difference), sections(difference), plain);
  };
  expect(said("state", "node")).toBe(`settings of the mesh change, no node and no link

mesh
  ~  keySource  state => node

expected loss
  none: nothing that runs is interrupted`);
  const back = said("node", "state");
  expect(back).toMatch(/^3 links blink\n/);
  expect(back).toContain("2 connections are terminated, for their key is no longer accepted, and re-established");
  expect(back).toContain("one that the deploy does not reach is out until it is");
});

test("metrics are units more, and touch no link", () => {
  expect(report(three, { metrics: "textfile" })).toBe(`settings of the mesh change, no node and no link

mesh
  ~  metrics  none => textfile

hosts
  ~  fra1, nyc1, tyo1  systemd reloads its units

expected loss
  none: nothing that runs is interrupted`);
});

test("a key that peers accept, too, is said beside the one in use", () => {
  expect(report(withNyc1({ keys: [1, 2] }))).toContain("~  nyc1  keys 1 => 1, 2 accepted, too");
});

test("what a policy lets in shows as rules, and the node says it in words", () => {
  const policy: Policy = {
    ...fullMesh,
    allow: [{ from: "hub", to: "hub", ports: [{ protocol: "tcp", first: 22, last: 22 }] }],
  };
  const text = report(withNyc1({ tags: ["hub"] }), {}, policy);
  expect(text).toContain("accepts everything => ping and answers; tcp/22 from hub");
  expect(text).toContain("+  nyc1  ip saddr @from-hub-ip4 tcp dport 22 accept");
  expect(text).toContain("none: nothing that runs is interrupted");
});

test("an overlay that moves is down on that node", () => {
  expect(report(withNyc1({ isolation: "vrf" }))).toContain(
    "nyc1: the overlay is taken down and made elsewhere, some seconds; the IPsec stays",
  );
});

test("in any mesh, no difference is found where there is none, and what joins one way leaves the other", () => {
  fc.assert(
    fc.property(registries(), registries(), (one, other) => {
      const [a, b] = [described(planMesh(one, settings)), described(planMesh(other, settings))];
      const none = compareMeshes(a, a);
      expect({ nodes: none.nodes, links: none.links, hosts: none.hosts }).toEqual({ nodes: [], links: [], hosts: [] });
      const names = (difference: typeof none, change: string): readonly string[] =>
        [...difference.nodes, ...difference.links]
          .filter((each) => each.change === change)
          .map(({ name }) => name)
          .sort();
      const [there, back] = [compareMeshes(a, b), compareMeshes(b, a)];
      expect(names(there, "joins")).toEqual(names(back, "leaves"));
      expect(names(there, "leaves")).toEqual(names(back, "joins"));
    }),
    { numRuns: 30 },
  );
});
