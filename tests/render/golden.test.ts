import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { managedNodes } from "../../core/plan/managed";
import type { ManagedNode, MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh, type AllowRule, type Registry, type RegistryNode } from "../../core/registry/registry";
import { bundle } from "../../core/render/bundle";
import { expectations } from "../../core/render/expectations";
import { firewall } from "../../core/render/firewall";
import type { HostFile } from "../../core/render/hostFile";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";
import { arbitraryKey } from "../registry/arbitraryRegistry";

/**
 * Every file of a small mesh, as it must be on the hosts, to be read by people: tests/render/golden/<node>/<path on the host>. After a change that is meant,
 * write them anew with `UPDATE_GOLDEN=1 npx jest tests/render` and read the difference.
 */
const golden = join(__dirname, "golden");

type Rest = Partial<Pick<RegistryNode, "tags" | "endpoints" | "prefixes">>;

const member = (name: string, id: number, rest: Rest): RegistryNode => ({
  name,
  id,
  organization: "acme",
  commonName: name,
  tags: [],
  managed: true,
  isolation: "none",
  keys: [1],
  ssh: { host: `198.51.100.${id}`, port: 22, user: "root" },
  endpoints: [{ serial: 0, family: "ip4", address: `198.51.100.${id}`, port: 4500, mtuBytes: 1500, extraCost: 0 }],
  prefixes: [],
  file: `${name}.yaml`,
  ...rest,
});

const registry = {
  nodes: [
    member("fra1", 1, {
      tags: ["hub"],
      endpoints: [
        { serial: 0, family: "ip4", address: "198.51.100.1", port: 4500, mtuBytes: 1500, extraCost: 0 },
        { serial: 1, family: "ip6", address: "2001:db8::1", port: 4500, mtuBytes: 1500, extraCost: 0 },
      ],
    }),
    member("tyo1", 3, {
      tags: ["hub"],
      endpoints: [
        { serial: 0, family: "ip4", dnsName: "tyo1.example.net", port: 13000, mtuBytes: 1500, extraCost: 0 },
        { serial: 1, family: "ip6", address: "2001:db8::3", port: 13000, mtuBytes: 1500, extraCost: 0 },
      ],
      prefixes: ["10.9.0.0/24"],
    }),
    // Behind NAT, with two uplinks: it dials, and is never dialled. On a thin line: it relays for nobody.
    member("home", 12, {
      tags: ["thin"],
      endpoints: [
        {
          serial: 0,
          family: "ip4",
          port: 4500,
          mtuBytes: 1500,
          extraCost: 0,
          uplink: { interface: "eth0", source: "10.0.0.2" },
        },
        {
          serial: 1,
          family: "ip4",
          port: 4500,
          mtuBytes: 1500,
          extraCost: 480,
          uplink: { interface: "wwan0", source: "10.64.0.2" },
        },
      ],
    }),
  ],
  retired: [],
  policy: { leaves: [{ tag: "thin", hubs: ["hub"] }], exclude: [] },
} satisfies Registry;

const keys = { fra1: [arbitraryKey(1), arbitraryKey(2)], tyo1: [arbitraryKey(3)], home: [arbitraryKey(4)] };
const plan = planMesh(registry, { ...settings, metrics: "textfile" });

function expectGolden(path: string, content: string): void {
  const file = join(golden, path);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file) ? readFileSync(file, "utf8") : `${file} is missing`).toBe(content);
}

describe.each(managedNodes(plan).map((node): [string, ManagedNode] => [node.name, node]))("%s", (name, node) => {
  test.each(renderNode(plan, node, keys).map((file): [string, string] => [file.path, file.content]))(
    "%s",
    (path, content) => {
      expectGolden(join(name, path), content);
    },
  );

  test("what verify expects", () => {
    expectGolden(join(name, "expectations"), expectations(plan, node, new Set()));
  });
});

describe("a policy that says what may be reached", () => {
  const allow: readonly AllowRule[] = [
    {
      from: "hub",
      to: "hub",
      ports: [
        { protocol: "tcp", first: 22, last: 22 },
        { protocol: "tcp", first: 8000, last: 8010 },
      ],
    },
    { from: "thin", to: "hub", ports: [{ protocol: "udp", first: 53, last: 53 }] },
    { from: "hub", to: "thin" },
  ];
  const firewallOf = (nodes: readonly RegistryNode[], rules: readonly AllowRule[], name: string): string => {
    const closed = planMesh({ ...registry, nodes, policy: { ...registry.policy, allow: rules } }, settings);
    const node = managedNodes(closed).find((each) => each.name === name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return firewall(closed, node).content;
  };

  test.each(["fra1", "home"])("%s", (name) => {
    expectGolden(join("allow", `${name}.nft`), firewallOf(registry.nodes, allow, name));
  });

  test("an empty list leaves what the mesh needs itself", () => {
    expectGolden(join("allow", "nothing.nft"), firewallOf(registry.nodes, [], "fra1"));
  });

  test("a node that joins with a tag that may send is a line more in each set of the tag", () => {
    const then = firewallOf(registry.nodes, allow, "home").split("\n");
    const after = firewallOf([...registry.nodes, member("nyc1", 2, { tags: ["hub"] })], allow, "home").split("\n");
    expect(after.filter((line) => !then.includes(line))).toEqual([
      "      10.42.0.2, # nyc1",
      "      fd42:f00d::2, # nyc1",
    ]);
    expect(then.filter((line) => !after.includes(line))).toEqual([]);
  });
});

describe("a node of another organization, of the same name as ours", () => {
  const partner: RegistryNode = {
    id: 4,
    name: "partner-fra1",
    organization: "partner",
    commonName: "fra1",
    tags: [],
    managed: false,
    publicKey: arbitraryKey(6),
    endpoints: [{ serial: 0, family: "ip4", address: "203.0.113.4", port: 13000, mtuBytes: 1500, extraCost: 0 }],
    prefixes: ["10.99.0.0/24"],
    file: "partner-fra1.yaml",
  };
  const shared = planMesh(
    { nodes: [member("fra1", 1, {}), member("nyc1", 2, {}), partner], retired: [], policy: fullMesh },
    settings,
  );
  const [fra1] = managedNodes(shared);
  const files =
    fra1 === undefined
      ? []
      : renderNode(shared, fra1, {
          fra1: [arbitraryKey(1)],
          nyc1: [arbitraryKey(5)],
          "partner-fra1": [arbitraryKey(6)],
        });

  // The other files say nothing of it.
  test.each(["fm400-partner-f.conf", "babeld.conf", "firewall.nft", "links.conf"])("%s", (base) => {
    const file = files.find(({ path }) => path.endsWith(`/${base}`));
    expectGolden(join("fra1-partner", base), file?.content ?? "");
  });

  test("what verify expects", () => {
    expectGolden(join("fra1-partner", "expectations"), fra1 === undefined ? "" : expectations(shared, fra1, new Set()));
  });
});

/** Only what these settings change of fra1's files. */
describe("fra1 with the profile cnsa and preshared keys", () => {
  const changed = planMesh(registry, { ...settings, ciphers: cipherProfiles.cnsa, ppk: "required" });
  const files = (mesh: MeshPlan): readonly HostFile[] =>
    managedNodes(mesh)
      .filter(({ name }) => name === "fra1")
      .flatMap((node) => renderNode(mesh, node, keys));
  const plain = new Map(files(plan).map(({ path, content }) => [path, content]));
  const differing = files(changed).filter(({ path, content }) => plain.get(path) !== content);

  test.each(differing.map((file): [string, string] => [file.path, file.content]))("%s", (path, content) => {
    expectGolden(join("fra1-cnsa-ppk", path), content);
  });

  test("are all of swanctl, and hold nothing secret", () => {
    expect(differing.map(({ path }) => path).filter((path) => !path.startsWith("/etc/swanctl/conf.d/"))).toEqual([]);
    expect(differing).toHaveLength(5);
    expect(bundle("fra1", differing)).not.toMatch(/secret/);
  });
});

/** Only what it changes of the files of home. */
describe.each([
  ["home-netns", { isolation: "netns" }],
  ["home-vrf", { isolation: "vrf", prefixes: ["10.9.0.0/24", "fd00:9::/48"] }],
] as const)("%s", (folder, change) => {
  const files = (home: Partial<RegistryNode>): readonly HostFile[] => {
    const nodes = registry.nodes.map((node) => (node.name === "home" ? ({ ...node, ...home } as RegistryNode) : node));
    const mesh = planMesh({ ...registry, nodes }, settings);
    return managedNodes(mesh)
      .filter(({ name }) => name === "home")
      .flatMap((node) => renderNode(mesh, node, keys));
  };
  const plain = new Map(files({}).map(({ path, content }) => [path, content]));
  const differing = files(change).filter(({ path, content }) => plain.get(path) !== content);

  test.each(differing.map((file): [string, string] => [file.path, file.content]))("%s", (path, content) => {
    expectGolden(join(folder, path), content);
  });
});

describe("bundle", () => {
  test("counts lines and files, so that a truncated one is known", () => {
    const files = [
      { path: "/a", mode: "0644", content: "one\ntwo\n" },
      { path: "/b", mode: "0600", content: "" },
    ] as const;
    expect(bundle("fra1", files.slice(0, 1))).toBe("fullmesh-bundle 1 fra1\nfile 0644 /a 2\none\ntwo\nend 1\n");
    expect(() => bundle("fra1", files)).toThrow("must end with a newline");
  });

  test("holds nothing secret: no private key, no MAC key", () => {
    for (const node of managedNodes(plan))
      expect(bundle(node.name, renderNode(plan, node, keys))).not.toMatch(/PRIVATE|value [0-9a-f]/);
  });

  test("needs every peer's key", () => {
    const [node] = managedNodes(plan);
    expect(node && (() => renderNode(plan, node, { fra1: [arbitraryKey(1)] }))).toThrow("no public key for node tyo1");
  });
});
