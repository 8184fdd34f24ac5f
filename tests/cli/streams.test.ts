import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publicKeyPem } from "../../core/registry/publicKey";
import { arbitraryKey } from "../registry/arbitraryRegistry";
import { projectWith } from "../stack/project";

/** The CLI at the ends of pipes and on full disks, as a shell runs it. */
const root = join(__dirname, "..", "..");

/** Longer than the CLI takes to begin to read. */
const slow = "sleep 4;";

const node =
  "id: 1\norganization: acme\nssh: {host: 192.0.2.1}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.1}]\n";

/** Runs a line of shell in a project; `$fullmesh` is the CLI. */
function shell(line: string) {
  const folder = projectWith({
    "Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "Pulumi.dev.yaml": "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n",
    "nodes/dev/fra1.yaml": node,
    "keys.json": JSON.stringify({ fra1: publicKeyPem(arbitraryKey(1)) }),
    "none.json": "[]",
  });
  const fullmesh = `${process.execPath} ${join(root, "bin/fullmesh.js")}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, fullmesh },
  });
  return { status, stdout, stderr };
}

test.each([
  ["import", `{ ${slow} cat none.json; } | $fullmesh import -`, /^there is nothing to import\n$/],
  ["export", `{ ${slow} cat keys.json; } | $fullmesh export --keys -`, /"common_name": "fra1"/],
])("%s waits for what comes slowly", (_, line, printed) => {
  expect(shell(line)).toEqual({ status: 0, stdout: expect.stringMatching(printed) as string, stderr: "" });
});

const commands = [
  "--help",
  "--version",
  "validate",
  "validate --json",
  "export --keys keys.json",
  "import none.json",
  "rotate fra1",
];

test.each(commands)("%s ends as by SIGPIPE where nobody reads", (command) => {
  // The reader is gone before the first byte, for it ends before the CLI begins.
  const line = `exec 3> >(exit 0); wait $!; $fullmesh ${command} >&3`;
  expect(shell(line)).toEqual({ status: 141, stdout: "", stderr: "" });
});

test.each(commands)("%s says that the disk is full", (command) => {
  expect(shell(`$fullmesh ${command} >/dev/full`)).toEqual({
    status: 2,
    stdout: "",
    stderr: "fullmesh: standard output cannot be written: no space left on the device\n",
  });
});

test("for drift, which has 2 for drifted, that is 3", () => {
  expect(shell("$fullmesh drift --help >/dev/full")).toMatchObject({ status: 3 });
});

test("without stderr the exit status stays what it is", () => {
  expect(shell("$fullmesh validate --stack none 2>/dev/full")).toMatchObject({ status: 2, stdout: "" });
  expect(shell("$fullmesh validate 2>/dev/full")).toMatchObject({ status: 0 });
});
