import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { actionsBetween } from "../../core/diff/actions";
import { filesByNode } from "../../core/diff/filesByNode";
import { planMesh } from "../../core/plan/planMesh";
import { babelProfiles } from "../../core/registry/babelProfile";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh, type Endpoint, type RegistryNode } from "../../core/registry/registry";
import { charonNamesIn } from "../../core/render/charonName";
import type { HostFile } from "../../core/render/hostFile";
import { registries, settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

/** `fullmesh diff` says beforehand what the script `apply` will do: here the script itself is asked, and what the others will take security associations for. */
const host = (script: string): string => readFileSync(join(__dirname, "../../host", script), "utf8");

/** All of `apply` but its last line, which starts it; with its files in a folder, and with nothing of this machine to stop or to ask. */
const script = `${host("prelude.sh").replace(/^run=.*$/m, "run=$1/run")}
${host("associations.sh")}
${host("apply.sh")
  .replace(/^\. \/usr.*$/gm, "")
  .replace(/\nmain "\$@"\n$/, "\n")}
config=$1/etc/fullmesh connections=$1/etc/swanctl/conf.d
templates=$connections/fullmesh.conf babeld_config=$config/babeld.conf todo=$1/todo looked_up=$1/looked-up
systemctl() { :; }
: >"$todo"
while read -r path new; do note_consequences "$path" "$new"; done <"$1/differing"
sort -u "$todo"
while read -r path new; do
  case $path in
    "$1"/*) if [ -n "$new" ]; then cp "$new" "$path"; else rm "$path"; fi ;;
  esac
done <"$1/differing"
work=$1
timeout() { cat "$work/list"; }
read_associations
awk '$5 != "current" { print $5, $1 }' "$work/sas"
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fullmesh-apply-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What `apply` notes, with the names of interfaces alone, and what becomes of the security associations that were made before. */
function noted(before: readonly HostFile[], after: readonly HostFile[]): readonly string[] {
  rmSync(folder, { recursive: true });
  const place = (path: string): string =>
    path.replace(/^(?=\/etc\/(fullmesh|swanctl|strongswan\.d|systemd)\/)/, folder);
  const write = (path: string, content: string): string => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  for (const { path, content } of before) write(join(folder, path), content);
  const had = new Map(before.map(({ path, content }) => [path, content]));
  const differing = after
    .filter(({ path, content }) => had.get(path) !== content)
    .map(({ path, content }, index) => `${place(path)} ${write(join(folder, "stage", String(index)), content)}`);
  const gone = before.filter(({ path }) => !after.some((file) => file.path === path)).map(({ path }) => place(path));
  write(join(folder, "differing"), [...differing, ...gone].map((line) => `${line}\n`).join(""));
  const made = before.flatMap(({ content }) => charonNamesIn(content).slice(0, 1));
  const list = made.map(
    ({ connection, key, settings }, id) =>
      `list-sa event {${connection}_${key}_${settings} {uniqueid=${id} version=2 state=ESTABLISHED}}\n`,
  );
  write(join(folder, "list"), list.join(""));
  const { status, stdout, stderr } = spawnSync("sh", ["-s", folder], { input: script, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^join interface (\S+).*/, "join $1"))
    .sort();
}

/** What an operator does to a node file. */
const edit = fc.constantFrom(
  "keep",
  "keep",
  "delete",
  "mtu",
  "address",
  "port",
  "name",
  "cost",
  "uplink",
  "prefix",
  "isolation",
  "accept a key",
  "use another key",
  "drop a key",
);

function edited(node: RegistryNode, how: string): readonly RegistryNode[] {
  const endpoints = (change: Partial<Endpoint>): readonly RegistryNode[] => [
    { ...node, endpoints: node.endpoints.map((endpoint) => ({ ...endpoint, ...change })) },
  ];
  switch (how) {
    case "delete":
      return [];
    case "mtu":
      return endpoints({ mtuBytes: 1400 });
    case "address":
      return endpoints({ address: "203.0.113.9" });
    case "port":
      return endpoints({ port: 4600 });
    case "name":
      return endpoints({ dnsName: "node.example.net" });
    case "cost":
      return endpoints({ extraCost: 77 });
    case "uplink":
      return endpoints({ uplink: { interface: "eth7" } });
    case "prefix":
      return [{ ...node, prefixes: ["10.9.0.0/24"] }];
    case "isolation":
      return node.managed ? [{ ...node, isolation: "vrf" }] : [node];
    case "accept a key":
      return node.managed ? [{ ...node, keys: [1, 2] }] : [node];
    case "use another key":
      return node.managed ? [{ ...node, keys: [2, 1] }] : [node];
    case "drop a key":
      return node.managed ? [{ ...node, keys: [2] }] : [node];
  }
  return [node];
}

test("comments in other words: apply does what is said", () => {
  const nodes = [labNode(1, "fra1"), labNode(2, "nyc1", { keys: [1, 2] })];
  const files = filesByNode(planMesh({ nodes, retired: [], policy: fullMesh }, settings)).get("nyc1") ?? [];
  const reworded = (comments: RegExp): readonly HostFile[] =>
    files.map((file) => ({ ...file, content: file.content.replace(comments, "$&, in other words") }));
  for (const comments of [/^# Managed by .*$/gm, /^ *#.*$/gm]) {
    expect(actionsBetween(files, reworded(comments))).toEqual(noted(files, reworded(comments)));
  }
});

test("each step to another shared secret: apply does what is said, and the initiator alone re-establishes", () => {
  const nodes = [labNode(1, "fra1"), labNode(2, "nyc1")];
  const [former, ...steps] = [[1], [1, 2], [2, 1], [2]].map((numbers) => {
    const secrets = { numbers, knownTo: [], unknownTo: [] };
    return filesByNode(planMesh({ nodes, retired: [], policy: fullMesh, secrets }, { ...settings, ppk: "required" }));
  });
  let before = former;
  const done = steps.map((after) => {
    const actions = nodes.map(({ name }) => {
      const [had, has] = [before?.get(name) ?? [], after.get(name) ?? []];
      expect(actionsBetween(had, has)).toEqual(noted(had, has));
      return actionsBetween(had, has);
    });
    before = after;
    return actions;
  });
  expect(done).toEqual([
    [["babeld-restart"], ["babeld-restart"]],
    [[], ["former fm100-fra1", "load"]],
    [["babeld-restart"], ["babeld-restart"]],
  ]);
});

test.each([
  ["a mesh and what comes of an edit of its files", {}],
  ["two meshes with other ciphers", { ciphers: cipherProfiles.cnsa }],
  ["two meshes with another profile", { babel: babelProfiles.global }],
  ["a mesh and one that writes metrics", { metrics: "textfile" as const }],
])("between %s, apply does on each host what is said", (_, other) => {
  fc.assert(
    fc.property(
      registries(),
      fc.array(edit, { minLength: 40, maxLength: 40 }),
      fc.boolean(),
      (registry, edits, isBackwards) => {
        const nodes = registry.nodes.flatMap((node, index) => edited(node, edits[index] ?? "keep"));
        const plans = [
          planMesh(registry, settings),
          planMesh({ ...registry, nodes }, { ...settings, ...other }),
        ] as const;
        const [before, after] = (isBackwards ? [plans[1], plans[0]] : plans).map((plan) => filesByNode(plan));
        for (const name of after?.names.slice(0, 3) ?? []) {
          const [old, files] = [before?.get(name), after?.get(name)];
          if (old && files) expect(actionsBetween(old, files)).toEqual(noted(old, files));
        }
      },
    ),
    { numRuns: 10, endOnFailure: true },
  );
});
