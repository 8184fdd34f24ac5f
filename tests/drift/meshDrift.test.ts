import { meshDrift, type DriftAnswer, type NodeDrift } from "../../core/drift/meshDrift";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const partner: RegistryNode = {
  id: 3,
  name: "home",
  organization: "partner",
  commonName: "home",
  tags: [],
  managed: false,
  publicKey: arbitraryKey(1),
  endpoints: labNode(3, "home").endpoints,
  prefixes: [],
  file: "home.yaml",
};
const plan = planMesh(
  { nodes: [labNode(1, "fra1"), labNode(2, "nyc1"), partner, labNode(4, "tyo1")], retired: [], policy: fullMesh },
  settings,
);
const says = (...lines: readonly string[]): DriftAnswer => ({ kind: "answered", text: [...lines, "end\n"].join("\n") });
const silent: DriftAnswer = { kind: "unreachable", cause: "mute", message: "nyc1: it does not speak SSH" };

/** What comes of one node, where the others have nothing to say. */
function judged(name: string, answer: DriftAnswer, others: DriftAnswer = says()): NodeDrift {
  const answers = new Map(["fra1", "nyc1", "tyo1"].map((each) => [each, each === name ? answer : others]));
  return meshDrift(plan, answers).nodes.find((node) => node.name === name) ?? fail(name);
}

function fail(name: string): never {
  throw new Error(`no node ${name}`);
}

test("words that a host makes up are repeated, whatever they mean to JavaScript", () => {
  const { differences } = judged("fra1", says("__proto__ x", "constructor y", "toString z", "missing /etc/a"));
  expect(differences).toEqual(["__proto__ x", "constructor y", "toString z", "/etc/a is missing"]);
});

/** The connection of a node with a peer, and whether it dials. */
function half(node: string, peer: string): { readonly name: string; readonly initiates: boolean } {
  const found = plan.nodes.find(({ name }) => name === node)?.connections.find(({ remote }) => remote.node === peer);
  return found ?? fail(`${node}->${peer}`);
}

const [dialler, answerer] = half("fra1", "nyc1").initiates ? (["fra1", "nyc1"] as const) : (["nyc1", "fra1"] as const);

test("nodes with nothing to say are in sync; one that was not asked is not", () => {
  expect(meshDrift(plan, new Map(["fra1", "nyc1", "tyo1"].map((name) => [name, says()]))).inSync).toBe(true);
  expect(meshDrift(plan, new Map([["fra1", says()]]))).toMatchObject({
    inSync: false,
    nodes: [{ state: "in-sync" }, { name: "nyc1", state: "unknown" }, { state: "unknown" }],
  });
});

test("what drifted is said in words, and what others have made beside it", () => {
  const answer = says(
    "changed /etc/fullmesh/babeld.conf",
    "unit strongswan.service masked enabled",
    "sysctl net/ipv6/conf/all/forwarding 0 1",
    "foreign-connection hand-made",
    "new-kind of thing",
  );
  expect(judged("fra1", answer)).toEqual({
    name: "fra1",
    state: "drifted",
    differences: [
      "/etc/fullmesh/babeld.conf was changed",
      "strongswan.service is masked instead of enabled",
      "the kernel setting net/ipv6/conf/all/forwarding is 0 instead of 1",
      "new-kind of thing",
    ],
    notes: ["foreign connection hand-made (left alone)"],
    unknown: null,
  });
});

test("where the mesh is switched off, nothing is to be mended, there or on those who would dial", () => {
  expect(judged(answerer, says("switched-off"))).toMatchObject({
    state: "in-sync",
    differences: [],
    notes: [expect.stringMatching(/^the mesh is switched off here/)],
  });
  const dials = judged(dialler, says(`no-sa ${half(dialler, answerer).name}`), says("switched-off"));
  expect(dials).toMatchObject({ state: "in-sync", differences: [], notes: [expect.stringContaining("switched off")] });
});

test("foreign things alone are no drift", () => {
  expect(judged("fra1", says("foreign-connection hand-made", "foreign-file /etc/fullmesh/notes")).state).toBe(
    "in-sync",
  );
});

test("of an interface that is to be made, that is all that is said", () => {
  const commands = [
    "ip link add name fm200-nyc1 type xfrm if_id 512",
    "ip link set dev fm200-nyc1 addrgenmode none",
    "ip link set dev fm200-nyc1 mtu 1438",
    "ip link set dev fm200-nyc1 up",
    "ip address add fe80::1/64 dev fm200-nyc1 nodad",
    "ip route replace 10.42.0.2 via inet6 fe80::2 dev fm200-nyc1 onlink src 10.42.0.1 metric 5 proto 77",
    "ip link del dev fm300-home",
    "ip link add name fm300-home type xfrm if_id 768",
    "ip link set dev fm400-tyo1 mtu 1438",
    "ip address add 10.42.0.1/32 dev fm-overlay",
    "ip address del 10.42.0.9/32 dev fm-overlay",
    "ip route add unreachable 10.42.0.0/16 metric 4294967295",
    "ip route replace fd42::4 via fe80::4 dev fm400-tyo1 src fd42::1 metric 5 proto 77",
    "ip rule add l3mdev pref 1000",
    "sysctl net/ipv4/conf/fm200-nyc1/forwarding 0 1",
  ];
  expect(judged("fra1", says(...commands)).differences).toEqual([
    "the interface fm200-nyc1 is missing",
    "the interface fm300-home has another if_id",
    "the interface fm400-tyo1 has another MTU than 1438",
    "the interface fm-overlay lacks the address 10.42.0.1/32",
    "the interface fm-overlay has the address 10.42.0.9/32, which is not the node's",
    "there is no unreachable route to 10.42.0.0/16",
    "the route to fd42::4 by fm400-tyo1 is missing",
    "to be done by ip(8): rule add l3mdev pref 1000",
  ]);
});

test("a link without SAs is mended where it is dialled, unless its other end may be away", () => {
  const { name } = half(dialler, answerer);
  const ours = says(`no-sa ${name}`);
  expect(judged(dialler, ours)).toMatchObject({
    state: "drifted",
    differences: [`no SA of ${name} with ${answerer}, which it should dial`],
  });
  expect(judged(dialler, ours, silent)).toMatchObject({ state: "in-sync", notes: [expect.stringContaining("SSH")] });
  expect(judged(dialler, says(`connecting ${name}`))).toMatchObject({ state: "in-sync", notes: [expect.any(String)] });
  const other = half(answerer, dialler).name;
  expect(judged(answerer, says(`no-sa ${other}`))).toMatchObject({ state: "in-sync", notes: [expect.any(String)] });
  expect(judged(answerer, says(`lost-sa ${other}`)).state).toBe("drifted");
  const unmanaged = half("fra1", "home");
  expect(judged("fra1", says(`no-sa ${unmanaged.name}`)).state).toBe("in-sync");
});

test("a node that does not answer, breaks off or tells too little is unknown", () => {
  expect(judged("nyc1", silent)).toMatchObject({ state: "unknown", unknown: "it does not speak SSH" });
  expect(judged("nyc1", { kind: "answered", text: "changed /etc/fullmesh/links.conf\n" }).state).toBe("unknown");
  expect(judged("nyc1", says("unread charon no answer")).unknown).toBe("charon does not tell: no answer");
  expect(judged("nyc1", says("unread charon no answer", "unfinished")).state).toBe("drifted");
});

test("a host without the mesh is told from one that drifted", () => {
  expect(judged("nyc1", says("absent"))).toMatchObject({
    state: "absent",
    differences: ["the mesh is not on this host"],
  });
});

test("no control character gets to the terminal", () => {
  expect(judged("nyc1", says("foreign-file /etc/fullmesh/\u001b[31mred\u0007")).notes).toEqual([
    "foreign file /etc/fullmesh/?[31mred? (left alone)",
  ]);
});
