import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectWith } from "../stack/project";

/** The command `hosts`, whole. */
const root = join(__dirname, "..", "..");

function hosts(domain: string, ...args: readonly string[]) {
  const folder = projectWith({
    "Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "Pulumi.dev.yaml": `config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n${domain}`,
    "nodes/dev/fra1.yaml":
      "id: 1\norganization: acme\nssh: {host: 192.0.2.1}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.1}]\n",
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/fullmesh.js"), "hosts", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const domain = "  fullmesh:domain: mesh.example.net\n";

test.each([
  [
    [],
    "# names of the mesh dev, by fullmesh hosts\n10.66.0.1 fra1.mesh.example.net fra1\nfd66:66::1 fra1.mesh.example.net fra1\n",
  ],
  [["-f", "zone"], "$ORIGIN mesh.example.net.\nfra1 300 IN A 10.66.0.1\nfra1 300 IN AAAA fd66:66::1\n"],
  [["-f", "zone", "--reverse", "4"], "$ORIGIN 66.10.in-addr.arpa.\n1.0 300 IN PTR fra1.mesh.example.net.\n"],
  [
    ["-f", "json"],
    '{"version":1,"stack":"dev","domain":"mesh.example.net","hosts":{"fra1":{"names":["fra1.mesh.example.net","fra1"],"ipv4":"10.66.0.1","ipv6":"fd66:66::1"}}}\n',
  ],
])("%j", (args, stdout) => {
  expect(hosts(domain, ...args)).toEqual({ status: 0, stdout, stderr: "" });
});

test("without a domain there is no zone, and the command says how to set it", () => {
  expect(hosts("", "-f", "zone")).toEqual({
    status: 2,
    stdout: "",
    stderr:
      "fullmesh: a zone is of a domain, and stack dev has none\n    fix: pulumi config set fullmesh:domain mesh.example.net --stack dev\n",
  });
  expect(hosts("").stdout).toContain("\n10.66.0.1 fra1\n");
});

test("wrong usage: exit status 2", () => {
  expect(hosts(domain, "--reverse", "4")).toMatchObject({ status: 2, stdout: "" });
  expect(hosts(domain, "--format", "zone", "--reverse", "5")).toMatchObject({ status: 2, stdout: "" });
});
