import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "../engine/loopbackMesh";

/** `fullmesh up` on the real engine, killed at random points until it was twenty times; each time a node is to have another key, so that there is something to lose. */
const kills = 20;
const nodes = 6;

let mesh: LoopbackMesh;

setUpLoopbackMesh(nodes, (made) => {
  mesh = made;
});

test("whenever a deploy is killed, the next one completes, and no key that a host was given is lost or another", async () => {
  const started = Date.now();
  const firstIsKilled = await mesh.up(4000);
  await mesh.pulumi.mustRun(["cancel", "--yes"], { silentSeconds: 60 });
  const begun = Date.now();
  expect(await mesh.up()).toBe(0);
  const whole = Date.now() - begun;
  let killed = firstIsKilled === undefined ? 1 : 0;
  let round = 0;
  while (killed < kills) {
    round++;
    expect(round).toBeLessThan(3 * kills);
    const index = round % nodes;
    const number = Math.ceil(round / nodes);
    mesh.writeKeys(`n${index + 1}`, number % 2 === 1 ? [number, number + 1] : [number]);
    const after = Math.round(Math.random() * whole);
    const status = await mesh.up(after);
    if (status === undefined) killed++;
    await mesh.pulumi.run(["cancel", "--yes"], { silentSeconds: 60 });
    expect(await mesh.up()).toBe(0);
    process.stderr.write(`round ${round}: ${status === undefined ? `killed after ${after} ms` : "ended before"}\n`);
  }
  process.stderr.write(
    `${killed} of ${round + 1} deploys were killed, in ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
  const keys = Array.from({ length: nodes }, (_, index) => mesh.hosts.keys(index));
  // A number stands for one key for ever.
  for (const given of keys) {
    const numbers = given.map((key) => key.split("\n")[0]);
    expect(new Set(numbers).size).toBe(numbers.length);
  }
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview", "--expect-no-changes"], { silentSeconds: 120 });
}, 3_600_000);
