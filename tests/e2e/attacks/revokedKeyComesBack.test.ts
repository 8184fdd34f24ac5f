import { hostPaths } from "../../../core/render/hostFile";
import { withWords } from "../../host/withWords";
import { keyOfText } from "../../registry/arbitraryRegistry";
import { apply, filesOf } from "../hostBundles";
import { threeNodes } from "../plainMeshes";
import { TestMesh } from "../testMesh";

/** A bundle that revokes a key of nyc1, which initiates to fra1, fails on fra1: charon refuses another connection of it, and the node goes back. */
let mesh: TestMesh;

TestMesh.setUp(threeNodes, (made) => {
  mesh = made;
});

const withNyc1 = "swanctl --list-sas --raw 2>/dev/null | grep -c 'event {fm200-nyc1.* state=INSTALLED' || :";
const withTyo1 = withNyc1.replace("fm200-nyc1", "fm300-tyo1");

test("whoever has the key does not get in again, also after a boot, and the other links go on", async () => {
  expect(await mesh.on("fra1", `${withNyc1}; ${withTyo1}`)).toBe("1\n1\n");
  const revoking = await filesOf(mesh, "fra1", { nyc1: [keyOfText("another key of nyc1")] });
  const tyo1 = `${hostPaths.swanctlConnections}/fm300-tyo1.conf`;
  const { status, stderr } = await apply(
    mesh,
    "fra1",
    withWords(revoking, tyo1, /local_port = .*/, "proposals = nonsense"),
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/charon refused a connection[^]*went back to the files[^]*it refuses the keys all the same/);
  expect(await mesh.on("fra1", `${withNyc1}; ${withTyo1}`)).toBe("0\n1\n");
  // The thief does what it can, and its healer.
  const insist = "for try in 1 2 3; do /usr/local/lib/fullmesh/dial missing; sleep 3; done";
  await mesh.on("nyc1", insist);
  expect(await mesh.on("fra1", `${withNyc1}; ${withTyo1}`)).toBe("0\n1\n");
  await mesh.lab.reboot("h1");
  await mesh.until("fra1", `[ "$(${withTyo1})" = 1 ]`, 90);
  await mesh.on("nyc1", insist);
  expect(await mesh.on("fra1", withNyc1)).toBe("0\n");
});

test("a bundle that accepts it brings the link back", async () => {
  expect(await apply(mesh, "fra1", await filesOf(mesh, "fra1"))).toMatchObject({ status: 0, stderr: "" });
  await mesh.untilHealthy();
});
