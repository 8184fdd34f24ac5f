import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PulumiCli } from "../../lab/pulumiCli";
import { ScratchProject } from "../../lab/scratchProject";
import { prepareToolchain } from "../../lab/toolchain/toolchain";
import { scalarForms, scalarFormsYaml } from "../stack/scalarForms";

const project = new ScratchProject("forms");

afterAll(() => {
  project.remove();
});

test("Pulumi reads the values of a stack's configuration as the table says", async () => {
  const toolchain = await prepareToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  const pulumi = new PulumiCli(toolchain.pulumi, project.folder, { ...toolchain.env, ...project.env });
  writeFileSync(join(project.folder, "Pulumi.yaml"), "name: fullmesh\nruntime: nodejs\n");
  await pulumi.mustRun(["stack", "init", project.stack], { silentSeconds: 60 });
  writeFileSync(project.stackFile, scalarFormsYaml);
  const { output } = await pulumi.mustRun(["config", "--json", "--stack", project.stack], { silentSeconds: 60 });
  // A warning about empty values comes before.
  const config = JSON.parse(output.slice(output.indexOf("{\n"), output.lastIndexOf("}") + 1)) as Record<
    string,
    { readonly value: string }
  >;
  const read = scalarForms.map(([written], index) => [written, config[`fullmesh:form${index}`]?.value]);
  expect(read).toEqual(scalarForms);
}, 1_800_000);
