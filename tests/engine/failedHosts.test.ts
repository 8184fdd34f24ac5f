import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { SilentPort } from "../../lab/silentPort";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Of eight hosts two take TCP and say nothing, two say nothing at all, and one fails what it is told to do. */
let mesh: LoopbackMesh;
let silent: readonly SilentPort[] = [];
/** Long beside what the deploy itself takes, however busy this computer is. */
const dialSeconds = 15;

setUpLoopbackMesh(8, async (made) => {
  mesh = made;
  mesh.writeSettings({ dialSeconds });
  silent = [await SilentPort.open(), await SilentPort.open()];
});

afterAll(() => {
  for (const one of silent) one.close();
});

/** Seconds until the engine gave a command up. */
function givenUp(output: string, command: string): number {
  return Number(new RegExp(`${command} creating \\((\\d+)s\\) error`).exec(output)?.[1]);
}

test("up ends with who failed, why and what to do; hosts that do not answer are given up in time, all at once; and the next up does the rest", async () => {
  for (const index of [1, 2]) await mesh.hosts.mute(index);
  silent.forEach(({ port }, index) => {
    mesh.moveTo(`n${index + 4}`, port);
  });
  mesh.hosts.break(5, "fullmesh: n6: apt-get could not install babeld\n    fix: mend its sources");
  const { status, output, seconds } = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds: 120 });
  const each = ["n2", "n3", "n4", "n5"].map((name) => givenUp(output, `${name}-install`));
  process.stderr.write(
    `dialSeconds ${dialSeconds}: two mute and two dead hosts given up after ${each.join(", ")} s; up took ${seconds.toFixed(1)} s\n`,
  );
  expect(status).not.toBe(0);
  expect(output).toContain("5 of 8 nodes failed; n1, n7 and n8 went well:\n");
  expect(output).toMatch(/ n2 \(install\): .* does not speak SSH .*\n +fix: /);
  expect(output).toMatch(/ n4 \(install\): .* did not answer within 15 s\.\n +fix: /);
  expect(output).toMatch(/ n6 \(install\): apt-get could not install babeld\n +fix: mend its sources\n/);
  expect(output).toMatch(/n8-verify created/);
  for (const one of each) expect(one).toBeLessThanOrEqual(2 * dialSeconds);
  expect(seconds).toBeLessThan(4 * dialSeconds);

  mesh.hosts.break(5, undefined);
  const again = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds: 120 });
  expect(again.output).toContain("4 of 8 nodes failed; n1, n6, n7 and n8 went well:\n");
  expect(again.output).toMatch(/n6-verify created/);
});

test("without --continue-on-error it ends with the first failure", async () => {
  const { status, seconds } = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], {
    silentSeconds: 120,
    env: { PULUMI_OPTION_CONTINUE_ON_ERROR: "false" },
  });
  expect(status).not.toBe(0);
  expect(seconds).toBeLessThan(8 * dialSeconds);
});
