import { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { prepareToolchain } from "../../lab/toolchain/toolchain";

/** A host that is to leave the mesh takes TCP and says nothing, for which the provider would wait for ever. */
let mesh: LoopbackMesh;

beforeAll(async () => {
  mesh = await LoopbackMesh.create(
    3,
    await prepareToolchain({ progress: (line) => process.stderr.write(`${line}\n`) }),
  );
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview"], { timeoutSeconds: 120 });
  await mesh.hosts.mute(1);
  mesh.project.removeNode("n2");
}, 1_800_000);

afterAll(() => {
  mesh.close();
});

function pulumi(...args: readonly string[]): Promise<CliResult> {
  return mesh.pulumi.run([...args, "--yes"], { timeoutSeconds: 120 });
}

test("up names it, says how to give it up, and does the rest", async () => {
  const up = await pulumi("up", "--skip-preview");
  expect(up.status).not.toBe(0);
  expect(up.output).toMatch(/n2: root@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/);
  expect(up.output).toMatch(/ ~ {2}command:remote:Command n1-apply updated/);
  expect(up.output).not.toContain("command:remote:Command (n1");

  const [, verb = "", urn = ""] = /pulumi (state delete --target-dependents) '([^']+)'/.exec(up.output) ?? [];
  expect((await pulumi(...verb.split(" "), urn)).status).toBe(0);
  expect((await pulumi("up", "--skip-preview")).status).toBe(0);
  expect((await pulumi("up", "--skip-preview", "--expect-no-changes")).status).toBe(0);
});

test("destroy is refused without the program, whose hook looks at the hosts, and leaves nothing with it", async () => {
  const refused = await pulumi("destroy", "--skip-preview");
  expect(refused.status).not.toBe(0);
  expect(refused.output).toContain("You must run with the `--run-program` flag");
  expect((await pulumi("destroy", "--skip-preview", "--run-program")).output).toMatch(/- 19 deleted/);
});
