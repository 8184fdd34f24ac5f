import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { can } from "../../core/plan/can";
import { managedNodes } from "../../core/plan/managed";
import type { ManagedNode, MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type AllowRule, type Policy, type PortRange, type Registry } from "../../core/registry/registry";
import { firewall } from "../../core/render/firewall";
import { Steps } from "../../lab/progress";
import { ensurePackages } from "../../lab/vm/requirements";
import { requirementProblems } from "../../core/describe/requirementProblems";
import { formatProblem } from "../../core/registry/problem";
import { arbitraryKey } from "../registry/arbitraryRegistry";
import { settings } from "./arbitraryMesh";
import { labNode } from "./labNode";

const nodes = [
  labNode(1, "fra1", { tags: ["hub"] }),
  labNode(2, "nyc1", { tags: ["hub", "admin"] }),
  labNode(3, "tyo1", { tags: ["admin"] }),
  labNode(4, "sao1"),
];

function mesh(policy: Partial<Policy>): { registry: Registry; plan: MeshPlan } {
  const registry = { nodes, retired: [], policy: { ...fullMesh, ...policy } };
  return { registry, plan: planMesh(registry, settings) };
}

function node(plan: MeshPlan, name: string): ManagedNode {
  const found = managedNodes(plan).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

const tcp = (first: number, last = first): PortRange => ({ protocol: "tcp", first, last });

describe("can", () => {
  const allow: readonly AllowRule[] = [
    { from: "hub", to: "admin", ports: [tcp(22), tcp(23, 30)] },
    { from: "admin", to: "hub" },
    { from: "hub", to: "hub", ports: [{ protocol: "udp", first: 53, last: 53 }] },
  ];
  const { registry, plan } = mesh({ allow });
  test.each([
    ["a port of an entry", "fra1", "nyc1", tcp(22), "all", [0]],
    ["a range that two ports of an entry have between them", "fra1", "tyo1", tcp(22, 30), "all", [0]],
    ["more than the entry has", "fra1", "tyo1", tcp(22, 31), "some", [0]],
    ["a port of the other protocol", "fra1", "nyc1", tcp(53), "none", []],
    ["everything, where some is", "fra1", "nyc1", "everything", "some", [0, 2]],
    ["everything, where all is", "tyo1", "fra1", "everything", "all", [1]],
    ["a node without tags", "sao1", "fra1", tcp(22), "none", []],
    ["ping", "sao1", "fra1", "icmp", "all", []],
  ] as const)("%s", (_, from, to, traffic, accepted, entries) => {
    expect(can(registry.policy, node(plan, from), node(plan, to), traffic)).toMatchObject({ accepted, entries });
  });

  test("without `allow` it is everything, and of a node that is not managed nothing is refused", () => {
    const open = mesh({});
    const [fra1, nyc1] = [node(open.plan, "fra1"), node(open.plan, "nyc1")];
    expect(can(open.registry.policy, fra1, nyc1, "everything")).toMatchObject({ accepted: "all", by: "no-allow" });
    const partner = { ...nyc1, managed: false as const, publicKey: arbitraryKey(1), endpoints: [] };
    expect(can(registry.policy, fra1, partner, tcp(1))).toMatchObject({ accepted: "all", by: "unmanaged" });
  });
});

test("tests of the policy that fail name the entry that decides; those that hold say nothing", () => {
  const allow = [{ from: "admin", to: "hub", ports: [tcp(22)] }];
  const target = (name: string, traffic: PortRange | "everything") => ({ to: { node: name }, traffic });
  const tests = [
    {
      from: { tag: "admin" },
      accept: [target("fra1", tcp(22))],
      deny: [target("fra1", tcp(23)), target("sao1", "everything")],
    },
    { from: { node: "tyo1" }, accept: [target("sao1", tcp(22))], deny: [target("fra1", "everything")] },
    { from: { node: "tyo2" }, accept: [], deny: [] },
  ];
  const { registry, plan } = mesh({ allow, tests });
  const place = (line: number) => ({ file: "nodes/_policy.yaml", line, column: 1 });
  const policyPlaces = {
    survive: place(1),
    allow: [place(2)],
    tests: [3, 5, 8].map((line) => ({
      from: place(line),
      accept: [place(line + 1)],
      deny: [place(line + 2), place(line + 2)],
    })),
  };
  expect(requirementProblems({ ...registry, policyPlaces }, plan).map(formatProblem)).toEqual([
    "nodes/_policy.yaml:6:1: tcp/22 from tyo1 to sao1 must be accepted, but is not accepted: no entry of `allow` accepts it: none is for the tags of sao1\n    fix: add it to `allow`, or mend the test",
    "nodes/_policy.yaml:7:1: * from tyo1 to fra1 must be denied, but is accepted in part: nodes/_policy.yaml:2:1: allow[0] { from: admin, to: hub, ports: [tcp/22] }\n    fix: narrow `allow`, or mend the test",
    "nodes/_policy.yaml:8:1: there is no node tyo2; did you mean tyo1?\n    fix: name a node of the registry, or tag: and a tag that nodes have",
  ]);
});

test("a mesh that must bear the loss of any node, and does not, is refused by the node's name", () => {
  const leaves = [{ tag: "admin", hubs: ["hub"] }];
  const hub = [
    labNode(1, "fra1", { tags: ["hub"] }),
    ...["nyc1", "tyo1"].map((name, at) => labNode(at + 2, name, { tags: ["admin"] })),
  ];
  const problems = (more: typeof hub, survive: number): readonly string[] => {
    const registry = { nodes: [...hub, ...more], retired: [], policy: { ...fullMesh, leaves, require: { survive } } };
    return requirementProblems(registry, planMesh(registry, settings)).map(({ message }) => message);
  };
  expect(problems([], 1)).toEqual([
    "the mesh must bear the loss of any one node, but without fra1 a pair is cut off: nyc1 from tyo1",
  ]);
  expect(problems([], 0)).toEqual([]);
  expect(problems([labNode(4, "ams1", { tags: ["hub"] })], 1)).toEqual([]);
});

/** Packets of a random kind: who sends, how, and to which port. */
const probe = fc.record({
  from: fc.constantFrom("nyc1", "tyo1", "sao1"),
  protocol: fc.constantFrom("tcp", "udp"),
  port: fc.integer({ min: 1, max: 40 }),
});

/** Of these, a policy that lets in tcp/1-20 from admins lets in two. */
const someProbes: { from: "nyc1" | "tyo1" | "sao1"; protocol: "tcp" | "udp"; port: number }[] = [
  { from: "tyo1", protocol: "tcp", port: 20 },
  { from: "nyc1", protocol: "tcp", port: 1 },
  { from: "nyc1", protocol: "tcp", port: 21 },
  { from: "sao1", protocol: "tcp", port: 20 },
  { from: "tyo1", protocol: "udp", port: 20 },
];

const range = fc
  .record({ protocol: fc.constantFrom("tcp", "udp"), first: fc.integer({ min: 1, max: 30 }), more: fc.nat(10) })
  .map(({ protocol, first, more }) => ({ protocol, first, last: first + more }));

const tag = fc.constantFrom("hub", "admin");

const allows = fc.array(
  fc.record({
    from: tag,
    to: tag,
    ports: fc.option(fc.array(range, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  }),
  { maxLength: 4 },
);

test("real packets get through the rendered rules where `can` says so, with random policies", async () => {
  await ensurePackages(["nftables", "iproute2", "util-linux"], new Steps(console.error));
  fc.assert(
    fc.property(
      allows,
      fc.uniqueArray(probe, { minLength: 30, maxLength: 60, selector: (each) => JSON.stringify(each) }),
      (allow, probes) => {
        const { registry, plan } = mesh({ allow });
        const target = node(plan, "fra1");
        const said = probes.filter(({ from, protocol, port }) => {
          const traffic = { protocol, first: port, last: port };
          return can(registry.policy, node(plan, from), target, traffic).accepted === "all";
        });
        const key = ({ from, protocol, port }: (typeof probes)[number]): string =>
          `${node(plan, from).overlay.ipv4} ${protocol} ${port}`;
        expect(packetsThrough(plan, target, probes)).toEqual(said.map(key).sort());
      },
    ),
    { numRuns: 5, examples: [[[{ from: "admin", to: "hub", ports: [tcp(1, 20)] }], someProbes]] },
  );
}, 120_000);

/** What comes through a node's rules: a namespace with the rules and one end of a veth, and a namespace that sends by the other. */
function packetsThrough(
  plan: MeshPlan,
  target: ManagedNode,
  probes: readonly { readonly from: string; readonly protocol: string; readonly port: number }[],
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "fullmesh-can-"));
  try {
    const own = target.overlay.ipv4;
    const others = plan.nodes.filter(({ name }) => name !== target.name).map(({ overlay }) => overlay.ipv4);
    writeFileSync(join(folder, "rules"), firewall(plan, target).content);
    writeFileSync(join(folder, "seen"), seenTable);
    writeFileSync(join(folder, "send.js"), sender);
    const sent = probes.map((each) => ({
      ...each,
      from: plan.nodes.find(({ name }) => name === each.from)?.overlay.ipv4,
      to: own,
    }));
    writeFileSync(join(folder, "probes.json"), JSON.stringify(sent));
    writeFileSync(join(folder, "run"), script(own, others));
    const { status, stdout, stderr } = spawnSync(
      "unshare",
      ["-rn", "sh", join(folder, "run"), folder, process.execPath],
      {
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    if (status !== 0) throw new Error(`the namespaces failed: ${stderr}`);
    return [...stdout.matchAll(/([\d.]+) \. (tcp|udp) \. (\d+)/g)]
      .map(([, from, protocol, port]) => `${from ?? ""} ${protocol ?? ""} ${port ?? ""}`)
      .sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Behind the rules, at the usual priority of a filter: what gets there has got through. */
const seenTable = `table inet seen {
  set packets {
    type ipv4_addr . inet_proto . inet_service
    flags dynamic
    size 4096
  }
  chain input {
    type filter hook input priority filter
    iifname "fmtest" meta l4proto { tcp, udp } add @packets { ip saddr . meta l4proto . th dport }
  }
}
`;

const script = (own: string, others: readonly string[]): string => `set -eu
ip link set lo up
ip addr add ${own}/32 dev lo
unshare -n sleep 60 &
peer=$!
trap 'kill $peer' EXIT
while [ "$(readlink /proc/$peer/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add fmtest address 02:00:00:00:00:01 type veth peer name out address 02:00:00:00:00:02 netns $peer
ip link set fmtest up
ip route add ${others[0]?.replace(/\d+\.\d+$/, "0.0") ?? ""}/16 dev fmtest
nft -f "$1/rules"
nft -f "$1/seen"
nsenter -t $peer -n sh -euc '
  ip link set lo up
  ip link set out up
${others.map((address) => `  ip addr add ${address}/32 dev lo\n`).join("")}  ip route add ${own}/32 dev out
  ip neigh replace ${own} lladdr 02:00:00:00:00:01 dev out nud permanent
  exec "$1" "$0/send.js" "$0/probes.json"
' "$1" "$2"
nft list set inet seen packets
`;

const sender = `const dgram = require("node:dgram"), net = require("node:net");
const probes = JSON.parse(require("node:fs").readFileSync(process.argv[2], "utf8"));
const sent = probes.map(({ from, to, protocol, port }) => new Promise((resolve) => {
  if (protocol === "udp") {
    const socket = dgram.createSocket("udp4").on("error", resolve);
    socket.bind(0, from, () => socket.send("x", port, to, resolve));
  } else {
    net.connect({ host: to, port, localAddress: from }).on("error", () => undefined);
    setImmediate(resolve);
  }
}));
Promise.all(sent).then(() => setTimeout(() => process.exit(0), 500));
`;
