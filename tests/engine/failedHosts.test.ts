import { LoopbackMesh } from "../../lab/loopbackMesh";
import { prepareToolchain } from "../../lab/toolchain/toolchain";

/** Of four hosts one takes TCP and says nothing, and one fails what it is told to do. */
let mesh: LoopbackMesh;

beforeAll(async () => {
  mesh = await LoopbackMesh.create(
    4,
    await prepareToolchain({ progress: (line) => process.stderr.write(`${line}\n`) }),
  );
}, 1_800_000);

afterAll(() => {
  mesh.close();
});

test("up ends with who failed, why and what to do, and the next one does the rest", async () => {
  await mesh.hosts.mute(1);
  mesh.hosts.break(2, "fullmesh: n3: apt-get could not install babeld\n    fix: mend its sources");
  const up = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], { timeoutSeconds: 120 });
  process.stderr.write(up.output);
});
