import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MeshPlan, NodePlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import type { RegistryNode } from "../../core/registry/registry";
import { bundle } from "../../core/render/bundle";
import { expectations } from "../../core/render/expectations";
import type { HostFile } from "../../core/render/hostFile";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";

/**
 * Every file of a small mesh, as it must be on the hosts, to be read by people: tests/render/golden/<node>/<path on the host>. After a change that is meant,
 * write them anew with `UPDATE_GOLDEN=1 npx jest tests/render` and read the difference.
 */
const golden = join(__dirname, "golden");

const member = (name: string, id: number, rest: Partial<RegistryNode>): RegistryNode => ({
  name,
  id,
  organization: "acme",
  tags: [],
  ssh: { host: `198.51.100.${id}`, port: 22, user: "root" },
  endpoints: [{ serial: 0, family: "ip4", address: `198.51.100.${id}`, port: 4500, mtuBytes: 1500 }],
  prefixes: [],
  file: `${name}.yaml`,
  ...rest,
});

const registry = {
  nodes: [
    member("fra1", 1, {
      tags: ["hub"],
      endpoints: [
        { serial: 0, family: "ip4", address: "198.51.100.1", port: 4500, mtuBytes: 1500 },
        { serial: 1, family: "ip6", address: "2001:db8::1", port: 4500, mtuBytes: 1500 },
      ],
    }),
    member("tyo1", 3, {
      tags: ["hub"],
      endpoints: [
        { serial: 0, family: "ip4", address: "198.51.100.3", port: 13000, mtuBytes: 1500 },
        { serial: 1, family: "ip6", address: "2001:db8::3", port: 13000, mtuBytes: 1500 },
      ],
      prefixes: ["10.9.0.0/24"],
    }),
    // Behind NAT: it dials, and is never dialled. On a thin line: it relays for nobody.
    member("home", 12, { tags: ["thin"], endpoints: [{ serial: 0, family: "ip4", port: 4500, mtuBytes: 1500 }] }),
  ],
  retired: [],
  policy: { leaves: [{ tag: "thin", hubs: ["hub"] }], exclude: [] },
};

const keys = { fra1: "RlJBMQ==", tyo1: "VFlPMQ==", home: "SE9NRQ==" };
const plan = planMesh(registry, settings);

function expectGolden(path: string, content: string): void {
  const file = join(golden, path);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  expect(existsSync(file) ? readFileSync(file, "utf8") : `${file} is missing`).toBe(content);
}

describe.each(plan.nodes.map((node): [string, NodePlan] => [node.name, node]))("%s", (name, node) => {
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

/** Only what these settings change of fra1's files. */
describe("fra1 with the profile cnsa and preshared keys", () => {
  const changed = planMesh(registry, { ...settings, ciphers: cipherProfiles.cnsa, ppk: "required" });
  const files = (mesh: MeshPlan): readonly HostFile[] =>
    mesh.nodes.filter(({ name }) => name === "fra1").flatMap((node) => renderNode(mesh, node, keys));
  const plain = new Map(files(plan).map(({ path, content }) => [path, content]));
  const differing = files(changed).filter(({ path, content }) => plain.get(path) !== content);

  test.each(differing.map((file): [string, string] => [file.path, file.content]))("%s", (path, content) => {
    expectGolden(join("fra1-cnsa-ppk", path), content);
  });

  test("are all of swanctl, and hold nothing secret", () => {
    expect(differing.map(({ path }) => path).filter((path) => !path.startsWith("/etc/swanctl/conf.d/"))).toEqual([]);
    expect(differing).toHaveLength(4);
    expect(bundle("fra1", differing)).not.toMatch(/secret/);
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
    for (const node of plan.nodes)
      expect(bundle(node.name, renderNode(plan, node, keys))).not.toMatch(/PRIVATE|value [0-9a-f]/);
  });

  test("needs every peer's key", () => {
    const [node] = plan.nodes;
    expect(node && (() => renderNode(plan, node, { fra1: "x" }))).toThrow("no public key for node tyo1");
  });
});
