import { LoopbackMesh } from "../../lab/loopbackMesh";
import { prepareToolchain } from "../../lab/toolchain/toolchain";

/** Before the tests of a file, makes a mesh of so many nodes on loopback hosts; after them, takes it away. */
export function setUpLoopbackMesh(nodes: number, prepare: (mesh: LoopbackMesh) => void | Promise<void>): void {
  let mesh: LoopbackMesh | undefined;
  beforeAll(async () => {
    const toolchain = await prepareToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
    mesh = await LoopbackMesh.create(nodes, toolchain);
    await prepare(mesh);
  }, 1_800_000);
  afterAll(() => {
    mesh?.close();
  });
}
