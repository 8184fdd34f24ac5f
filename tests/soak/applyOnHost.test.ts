import type { HostFile } from "../../core/render/hostFile";
import { filesOf, killThenComplete, stepsOf } from "../e2e/hostBundles";
import teardown from "../e2e/teardown";
import { TestMesh } from "../e2e/testMesh";

/** The script `apply` on a host of the lab, killed at as many of its commands as there is time for, which FULLMESH_SOAK_MINUTES says. */
const minutes = Number(process.env.FULLMESH_SOAK_MINUTES ?? "60");

let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  for (const name of ["fra1", "nyc1", "tyo1"] as const) mesh.writeNode(name);
});
afterAll(teardown);

/** All numbers from 1 to `count` in an order in which any beginning of it is spread over all of them: by their bits, read backwards. */
function spread(count: number): readonly number[] {
  const bits = Math.ceil(Math.log2(count + 1));
  const backwards = (index: number): number =>
    parseInt(index.toString(2).padStart(bits, "0").split("").reverse().join(""), 2);
  return Array.from({ length: 2 ** bits }, (_, index) => backwards(index)).filter((at) => at >= 1 && at <= count);
}

test(
  "after a boot the files are the old or the wanted ones, and the next apply completes it",
  async () => {
    expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
    const old = await filesOf(mesh, "nyc1");
    const endpoint = { serial: 0, family: "ip4", address: mesh.host("nyc1").ip4, interface: "eth0", mtu: 1400 };
    mesh.writeNode("nyc1", { endpoints: [endpoint], prefixes: ["10.9.0.0/24"] });
    mesh.project.removeNode("tyo1");
    const wanted: readonly HostFile[] = await filesOf(mesh, "nyc1");
    const states = { old, wanted };
    const steps = { wanted: await stepsOf(mesh, "nyc1", wanted), old: await stepsOf(mesh, "nyc1", old) };
    const deadline = Date.now() + minutes * 60_000;
    const points = { wanted: spread(steps.wanted.length - 1), old: spread(steps.old.length - 1) };
    let done = 0;
    for (let round = 0; round < Math.max(points.wanted.length, points.old.length) && Date.now() < deadline; round++) {
      for (const to of ["wanted", "old"] as const) {
        // Where the other has more commands, the first is done again.
        const at = points[to][round % points[to].length] ?? 1;
        const outcome = await killThenComplete(mesh, "nyc1", states, to, at);
        done++;
        process.stderr.write(`${done}: to ${to}, at ${at} of ${steps[to].length}: ${outcome}\n`);
      }
    }
    process.stderr.write(`killed ${done} times, of ${steps.wanted.length} and ${steps.old.length} commands\n`);
  },
  (minutes + 20) * 60_000,
);
