import * as fc from "fast-check";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { hostPaths, type HostFile } from "../../core/render/hostFile";
import { linksTable } from "../../core/render/links";
import { registries, settings } from "../plan/arbitraryMesh";
import { FakeHost } from "./fakeHost";
import { contents } from "./killedApply";
import { after, before } from "./twoBundles";
import { withWords } from "./withWords";

/** What `apply` looks at before it writes anything. */
let host: FakeHost;

beforeAll(() => {
  host = new FakeHost("fra1");
  host.apply(before);
});

afterAll(() => {
  host.remove();
});

/** The bundle with other words in one of its files. */
function changed(path: string, from: string | RegExp, to: string): readonly HostFile[] {
  return withWords(after, path, from, to);
}

test.each([
  ["a link with too small an MTU", /^(link \S+ \d+) \d+/m, "$1 1279"],
  ["a link with a long name", /^link \S+/m, "link fm200-much-too-long"],
  ["an interface that is not fullmesh's", /^link \S+/m, "link eth0"],
  ["an if_id out of range", /^(link \S+) \d+/m, "$1 4294967296"],
  ["a link twice", /^(link .*\n)/m, "$1$1"],
  ["a fallback without its link", /^fallback \S+/m, "fallback fm700-none"],
  ["half a line", /^(fallback \S+) .*/m, "$1"],
  ["no isolation", /^isolation .*\n/m, ""],
  ["no overlay", /^overlay .*\n/m, ""],
  ["a kernel setting that is none of ours", /^sysctl .*/m, "sysctl kernel/panic 1"],
  ["an address that is none", /^(overlay \S+) \S+/m, "$1 10.42.0.256/32"],
  ["an unknown word", /^link /m, "lnik "],
])("a table of links with %s is refused, and nothing is written", (_, from, to) => {
  const { status, stderr } = host.apply(changed(hostPaths.links, from, to));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^fullmesh: fra1: the table of links is broken, nothing was written: /);
  expect(host.etc()).toEqual(contents(before));
});

test("the table of links of any mesh is taken", () => {
  const checks = host.read("usr/local/lib/fullmesh/checks");
  const script = `stage=$1\nconfig=/etc/fullmesh\nfail() { echo "$1"; exit 1; }\n${checks}\ncheck_links "$1/links.conf"\n`;
  fc.assert(
    fc.property(registries(), (registry) => {
      const plan = planMesh(registry, settings);
      for (const node of managedNodes(plan).slice(0, 2)) {
        host.write("tmp/links.conf", linksTable(plan, node).content);
        expect(host.shell(script, "tmp")).toMatchObject({ stdout: "", stderr: "", status: 0 });
      }
    }),
    { numRuns: 20 },
  );
});

test("rules that nft would refuse are not written", () => {
  host.program("bin/nft", `#!/bin/sh\ncase $1 in -c) ! grep nonsense "$3" ;; esac\n`);
  const { status, stderr } = host.apply(changed(hostPaths.firewall, "chain sources", "nonsense"));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^fullmesh: fra1: nft would refuse the rules, nothing was written: {3}nonsense \{\n/);
  expect(host.etc()).toEqual(contents(before));
});

test("a configuration that babeld would refuse is not written", () => {
  const babeld = host.read("bin/babeld");
  host.program(
    "bin/babeld",
    `#!/bin/sh\necho "Couldn't parse configuration from file $4 (error at line 7)."\nexit 1\n`,
  );
  const { status, stderr } = host.apply(after);
  host.program("bin/babeld", babeld);
  expect(status).toBe(1);
  expect(stderr).toMatch(/babeld would not start .*, nothing was written: .*error at line 7/);
  expect(host.etc()).toEqual(contents(before));
});

test("a bundle that is cut off is not written, and neither is one for another's file", () => {
  const foreign = { path: "/etc/passwd", mode: "0644", content: "root\n" } as const;
  expect(host.apply([...after, foreign]).stderr).toContain("is not fullmesh's to write; nothing was written");
  expect(host.etc()).toEqual(contents(before));
});

test("room is looked at by what df(1) was asked for, for names of devices and folders may have blanks", () => {
  const df = (free: number): string =>
    `#!/bin/sh\ncase $* in\n*--output=avail,target*) printf 'Avail Mounted on\\n${free} /mnt/my disk\\n' ;;\n*) printf 'head\\n//nas/My share 30000000 1 ${free} 1%% /mnt/my disk\\n' ;;\nesac\n`;
  host.program("bin/df", df(20_000_000));
  expect(host.apply(before).stderr).toBe("");
  host.program("bin/df", df(100));
  expect(host.apply(before).stderr).toMatch(
    /only 100 kB are free on the file system \/mnt\/my disk, and \d+ are needed/,
  );
  host.removeFile("bin/df");
});
