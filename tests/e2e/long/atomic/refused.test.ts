import { hostPaths, type HostFile } from "../../../../core/render/hostFile";
import { apply, filesOf, stateOf, type Applied } from "../../hostBundles";
import { lossy, SteadyPing } from "../../steadyPing";
import { TestMesh } from "../../testMesh";
import { withWords } from "../../../host/withWords";
import { say } from "../../say";
import { threeNodes } from "../../plainMeshes";

/** What becomes of a host whose daemons refuse what they are given, or whose apply meets another. */
let mesh: TestMesh;
let old: readonly HostFile[];

TestMesh.setUp(threeNodes, (made) => {
  mesh = made;
});

const print = (line: string): void => {
  say(`${line}\n`);
};

const associations = "swanctl --list-sas | grep -o '#[0-9]*, .*_i\\*\\? .*_r' | sort";

/** nyc1's files with other words in one of them. */
function changed(path: string, from: string | RegExp, to: string): readonly HostFile[] {
  return withWords(old, path, from, to);
}

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  old = await filesOf(mesh, "nyc1");
});

let second: Promise<Applied>;

test("of two at once, the second waits for the first, and fails when that takes more than a minute", async () => {
  const files = await filesOf(mesh, "fra1");
  await mesh.on("fra1", "setsid flock /run/fullmesh/lock sleep 5 >/dev/null 2>&1 </dev/null & sleep 0.5");
  const { status, seconds } = await apply(mesh, "fra1", files);
  print(`a change that takes 5 s: the next one ended well after ${seconds} s`);
  expect(status).toBe(0);
  expect(seconds).toBeGreaterThan(4);
  await mesh.on("fra1", "setsid flock /run/fullmesh/lock sleep 90 >/dev/null 2>&1 </dev/null & sleep 0.5");
  second = apply(mesh, "fra1", files);
});

test.each([
  [
    "charon refuses a connection",
    () => changed(`${hostPaths.swanctlConnections}/fm300-tyo1.conf`, /local_port = .*/, "proposals = nonsense"),
    /charon refused a connection: [^]*proposals[^]*went back to the files of its last successful/,
  ],
  [
    "babeld does not start",
    () => changed(hostPaths.babeld, hostPaths.babelSocket, "/nowhere/babeld.sock"),
    /babeld did not start[^]*went back to the files of its last successful/,
  ],
  [
    "nft would refuse the rules",
    () => changed(hostPaths.firewall, "priority mangle", "priority nonsense"),
    /nft would refuse the rules, nothing was written: /,
  ],
  [
    "babeld would refuse its configuration",
    () => changed(hostPaths.babeld, "skip-kernel-setup", "skip-nothing"),
    /babeld would not start with its configuration, nothing was written: .*\(error at line 6\)/,
  ],
])("%s: the node works on with the files before", async (_, files, message) => {
  const then = await mesh.on("nyc1", associations);
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  const { status, stderr, seconds } = await apply(mesh, "nyc1", files());
  // Their last packets are not to be the only ones that show a loss.
  await mesh.on("nyc1", "sleep 3");
  const losses = await ping.stop();
  const sent = losses.reduce((sum, loss) => sum + loss.sent, 0);
  print(
    `${seconds} s; ${sent} packets sent, ${lossy(losses).length} of ${losses.length} paths lost any\n${stderr.trim()}`,
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(await stateOf(mesh, "nyc1", { old })).toBe("old");
  expect(await mesh.on("nyc1", associations)).toBe(then);
  expect(losses).toHaveLength(12);
  expect(lossy(losses)).toEqual([]);
});

test("the apply that came second has given up after a minute", async () => {
  const { status, stderr, seconds } = await second;
  print(`a change that takes 90 s: the next one gave up after ${seconds} s`);
  expect(status).toBe(1);
  expect(stderr).toContain("another change has been running on this node for a minute");
  expect(seconds).toBeGreaterThan(59);
});
