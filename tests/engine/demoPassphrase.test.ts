import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { demoPassphrase } from "../../stack/demo";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** A shell that was made ready for the demo, in which somebody makes a stack of his own. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(2, (made) => {
  mesh = made;
});

const inDemoShell = { PULUMI_CONFIG_PASSPHRASE: demoPassphrase, PULUMI_STACK: "prod" };

test.each([["preview"], ["up", "--yes", "--skip-preview"]])("%s is refused, and no host is asked", async (...args) => {
  const { folder, stackFile } = mesh.project;
  const settings = parse(readFileSync(stackFile, "utf8")) as { readonly config: object };
  const own = join(folder, "Pulumi.prod.yaml");
  if (args[0] === "preview")
    await mesh.pulumi.mustRun(["stack", "init", "prod"], { silentSeconds: 60, env: inDemoShell });
  const { encryptionsalt } = parse(readFileSync(own, "utf8")) as { readonly encryptionsalt: string };
  writeFileSync(
    own,
    stringify({ config: { ...settings.config, "fullmesh:registry": "nodes/loopback" }, encryptionsalt }),
  );
  const { status, output } = await mesh.pulumi.run(args, { silentSeconds: 120, env: inDemoShell });
  expect(output).toContain("no host was changed; fix these first:");
  expect(output).toMatch(/Pulumi\.prod\.yaml:1:1: .*stack prod .*passphrase of the demo/);
  expect(status).not.toBe(0);
  expect([mesh.hosts.takeCommands(0), mesh.hosts.takeCommands(1)]).toEqual([[], []]);
});
