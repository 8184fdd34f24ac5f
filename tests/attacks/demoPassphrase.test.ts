import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectWith } from "../stack/project";

const root = join(__dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const demo = parse(read("Pulumi.dev.yaml")) as { readonly encryptionsalt: string };

const settings = "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";
const node = (host: string): string =>
  `id: 1\norganization: lab\nssh: {host: ${host}}\nendpoints: [{serial: 0, family: ip4}]\n`;

/** A project with the stack, whose one node is logged in to at the host. */
function project(stack: string, salt: string, host = "192.0.2.1"): string {
  return projectWith({
    "Pulumi.yaml": read("Pulumi.yaml"),
    [`Pulumi.${stack}.yaml`]: `${settings}encryptionsalt: ${salt}\n`,
    [`nodes/${stack}/fra1.yaml`]: node(host),
    passphrase: "worth-nothing\n",
  });
}

/** `fullmesh`, where there is no `pulumi` to run. */
function fullmesh(folder: string, command: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/fullmesh.js"), command], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: folder, HOME: folder, ...env },
  });
  return { status, output: stdout + stderr };
}

const ownSalt = "v1:AAAAAAAAAAA=:v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

test.each([
  ["the salt is copied from the demo's", demo.encryptionsalt, {}],
  ["the shell was made ready for the demo", ownSalt, { PULUMI_CONFIG_PASSPHRASE: "worth-nothing" }],
  ["the passphrase is in a file", ownSalt, { PULUMI_CONFIG_PASSPHRASE_FILE: "passphrase" }],
])("another stack is refused where %s, before pulumi is run", (_, salt, env) => {
  const folder = project("prod", salt);
  const up = fullmesh(folder, "up", env);
  expect(up.status).toBe(2);
  expect(up.output).toMatch(
    /Pulumi\.prod\.yaml:\d+:\d+: .*stack prod .*passphrase of the demo[^]*\n {4}fix: .*pulumi stack init prod/,
  );
  expect(up.output).not.toContain("worth-nothing");
  const validate = fullmesh(folder, "validate", env);
  expect(validate.status).toBe(1);
  expect(validate.output).toContain("passphrase of the demo");
});

test("the demo's own stack may have it, as long as its hosts are on this computer", () => {
  const env = { PULUMI_CONFIG_PASSPHRASE: "worth-nothing" };
  expect(fullmesh(project("dev", demo.encryptionsalt, "127.0.0.1"), "validate", env).status).toBe(0);
  const { status, output } = fullmesh(project("dev", demo.encryptionsalt), "validate", env);
  expect(status).toBe(1);
  expect(output).toContain("192.0.2.1");
});

test("a stack with a passphrase of its own is none of the demo's business", () => {
  expect(fullmesh(project("prod", ownSalt), "validate", { PULUMI_CONFIG_PASSPHRASE: "my own" }).status).toBe(0);
});
