import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** A node's file leads to the host of another node, by another name of that host. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(2, (made) => {
  mesh = made;
  mesh.aimAt("n1", "n2");
});

test.each(["preview", "up"] as const)("%s refuses it, and nothing is sent to the host", async (command) => {
  const args = command === "up" ? ["up", "--yes", "--skip-preview"] : [command];
  const { status, output } = await mesh.pulumi.run(args, { silentSeconds: 60 });
  expect(status).not.toBe(0);
  expect(output).toMatch(
    /no host was changed; fix these first:\s+\S*n2\.yaml:1:1: n1 \(.*\) and n2 \(.*\) have the same/,
  );
  expect(mesh.hosts.commands(1)).toEqual([]);
  expect(mesh.hosts.keys(1)).toEqual([]);
});
