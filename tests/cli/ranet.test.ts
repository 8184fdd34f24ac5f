import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicKeyPem } from "../../core/registry/publicKey";
import { arbitraryKey } from "../registry/arbitraryRegistry";
import { projectWith } from "../stack/project";

/** The commands `export` and `import`, whole. */
const root = join(__dirname, "..", "..");

const node =
  "id: 1\norganization: acme\nssh: {host: 192.0.2.1}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.1}]\n";
const keys = { fra1: publicKeyPem(arbitraryKey(1)) };

function project(): string {
  return projectWith({
    "Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "Pulumi.dev.yaml": "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n",
    "nodes/dev/fra1.yaml": node,
    "nodes/dev/_retired.yaml": "retired: [{id: 4, name: old1}]\n",
  });
}

function fullmesh(cwd: string, args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/fullmesh.js"), ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  return { status, stdout, stderr };
}

const partner = (key: number, port = 13000): string =>
  JSON.stringify([
    {
      public_key: publicKeyPem(arbitraryKey(key)),
      organization: "partner",
      nodes: [
        {
          common_name: "fra1",
          endpoints: [
            { serial_number: "0", address_family: "ip4", address: "203.0.113.1", port: 13000 },
            { serial_number: "1", address_family: "ip6", address: "fra1.partner.example", port },
          ],
          remarks: { prefix: "2001:db8::/60" },
        },
      ],
    },
  ]);

test("import and export, over and back", () => {
  const folder = project();
  expect(fullmesh(folder, ["import", "-", "--stack", "dev"], partner(2))).toEqual({
    status: 0,
    stdout: "wrote nodes/dev/partner-fra1.yaml\n",
    stderr: "",
  });
  expect(readFileSync(join(folder, "nodes/dev/partner-fra1.yaml"), "utf8")).toContain("id: 5\n");

  const exported = fullmesh(folder, ["export", "--keys", "-"], JSON.stringify(keys));
  expect(exported).toMatchObject({ status: 0, stderr: "" });
  const [ours, theirs] = JSON.parse(exported.stdout) as unknown[];
  expect(ours).toMatchObject({ organization: "acme", public_key: keys.fra1, nodes: [{ common_name: "fra1" }] });
  expect([theirs]).toEqual(JSON.parse(partner(2)));

  const again = fullmesh(folder, ["import", "-"], exported.stdout);
  expect(again).toMatchObject({
    status: 0,
    stdout:
      "left alone: nodes/dev/fra1.yaml, which is acme/fra1\nleft alone: nodes/dev/partner-fra1.yaml, which is partner/fra1\n",
  });
  expect(fullmesh(folder, ["import", "-"], partner(3)).stdout).toBe(
    "left alone: nodes/dev/partner-fra1.yaml, which is partner/fra1; its key there is another than in the import\n",
  );
});

test.each([
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${JSON.stringify(keys)}`)],
  ["UTF-16, as PowerShell's > writes it", Buffer.from(`\ufeff${JSON.stringify(keys)}`, "utf16le")],
])("keys in %s", (_, bytes) => {
  const folder = project();
  writeFileSync(join(folder, "keys.json"), bytes);
  expect(fullmesh(folder, ["export", "--keys", "keys.json"])).toMatchObject({
    status: 0,
    stderr: "",
    stdout: expect.stringContaining(keys.fra1.replaceAll("\n", "\\n")) as string,
  });
});

test("a node that is named as what each object of JavaScript has", () => {
  const folder = project();
  writeFileSync(join(folder, "nodes/dev/constructor.yaml"), node.replaceAll("2.1}", "2.2}").replace("id: 1", "id: 2"));
  const exported = fullmesh(folder, ["export", "--keys", "-"], JSON.stringify(keys));
  expect(exported).toMatchObject({ status: 2, stdout: "" });
  expect(exported.stderr).toContain("- has no public key of constructor\n");
});

test("what the registry's rules refuse is not written, and points into the import", () => {
  const folder = project();
  writeFileSync(join(folder, "registry.json"), partner(2, 13001));
  const { status, stdout, stderr } = fullmesh(folder, ["import", "registry.json", "--first-id", "4"]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "nothing was written\n" });
  expect(stderr).toMatch(/^not imported; fix these, and import again:\n/);
  expect(stderr).toMatch(/registry.json:1:\d+: partner\/fra1: id 4 of partner-fra1 was retired with old1/);
  expect(stderr).toMatch(/registry.json:1:\d+: partner\/fra1: all endpoints of partner-fra1 must have one port/);
  expect(readdirSync(join(folder, "nodes/dev")).sort()).toEqual(["_retired.yaml", "fra1.yaml"]);
});

test("one that is in no family of ours, or bad in itself, is left out, and the others are written", () => {
  const folder = project();
  const [entry] = JSON.parse(partner(2)) as [{ nodes: object[] }];
  const endpoints = [{ serial_number: "0", address_family: "ip6", address: "2001:db8::9", port: 13000 }];
  entry.nodes.push({ common_name: "six", endpoints }, { common_name: "none", endpoints: [] });
  const { status, stdout, stderr } = fullmesh(folder, ["import", "-"], JSON.stringify([entry], null, 2));
  expect({ status, stdout }).toEqual({ status: 1, stdout: "wrote nodes/dev/partner-fra1.yaml\n" });
  expect(stderr).toMatch(/\nstandard input:26:7: partner\/six: fra1 cannot reach six, .*no family in common/);
  expect(stderr).toMatch(
    /\nstandard input:\d+:\d+: `\[0\].nodes\[2\].endpoints` must be a list of at least one endpoint/,
  );
  expect(fullmesh(folder, ["validate"]).status).toBe(0);
});

test("no file is overwritten, whatever it is", () => {
  const folder = project();
  const file = join(folder, "nodes/dev/.gitignore");
  writeFileSync(file, "x");
  writeFileSync(
    join(folder, "Pulumi.dev.yaml"),
    `${readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")}  fullmesh:organizations: acme\n`,
  );
  const { status, stderr } = fullmesh(folder, ["import", "-"], partner(2));
  expect(status).toBe(1);
  expect(stderr).toContain("partner-fra1 is of partner, which is none of the organizations of this stack");
  expect(existsSync(join(folder, "nodes/dev/partner-fra1.yaml"))).toBe(false);
});

test.each([
  ["keys that lack a node", ["export", "--keys", "-"], "{}", /- has no public key of fra1\n +fix: pulumi up/],
  ["keys that are none", ["export", "--keys", "-"], "[]", /- is no JSON of public keys by node/],
  [
    "a key that is not ed25519",
    ["export", "--keys", "-"],
    '{"fra1":"c2VjcmV0"}',
    /key of fra1 is no ed25519 public key: it is no Subj/,
  ],
  ["no keys at all", ["export"], "", /required option '-k, --keys <file>'/],
  ["a file that is not there", ["import", "none.json"], "", /none.json cannot be read: it does not exist/],
  ["a bad id", ["import", "-", "--first-id", "0"], "", /whole number, 1 to 65534/],
])("%s: exit status 2", (_, args, input, message) => {
  const { status, stdout, stderr } = fullmesh(project(), args, input);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain("c2VjcmV0");
});
