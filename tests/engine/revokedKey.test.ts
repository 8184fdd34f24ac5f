import { publicKeyOf } from "../../core/registry/publicKey";
import { fingerprint } from "../../core/describe/fingerprint";
import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** A key of n4 is revoked while n2 does not answer, and n3 fails but says that it refuses the key. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(4, (made) => {
  mesh = made;
});

const up = (): Promise<{ readonly output: string }> =>
  mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds: 120 });

test("the deploy names who may still accept it, and so does the next, until it is through", async () => {
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview"], { silentSeconds: 120 });
  const { output: keys } = await mesh.pulumi.mustRun(["stack", "output", "publicKeys", "--json"], {
    silentSeconds: 60,
  });
  const { n4 = "" } = JSON.parse(keys.slice(keys.indexOf("{"))) as Record<string, string>;
  const line = (nodes: string): string => `the key ${fingerprint(publicKeyOf(n4))} of n4: ${nodes}\n`;
  mesh.moveTo("n2", 1);
  mesh.hosts.break(
    2,
    "fullmesh: n3: nft refused\nfullmesh: n3: it refuses the keys all the same that are not accepted any more",
  );
  mesh.writeKeys("n4", [2]);
  const { output } = await up();
  expect(output).toContain("2 of 4 nodes failed");
  expect(output).toContain(line("n2"));
  mesh.hosts.break(2, "fullmesh: n3: nft refused");
  expect((await up()).output).toContain(line("n2"));
  mesh.hosts.break(2, undefined);
  mesh.returnNode("n2");
  const last = (await up()).output;
  expect(last).not.toContain("no longer accepts");
});
