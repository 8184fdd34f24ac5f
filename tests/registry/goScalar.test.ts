import { goScalar } from "../../core/registry/goScalar";
import { readYaml, valueAt } from "../../core/registry/yamlSource";
import { scalarForms, scalarFormsYaml } from "../stack/scalarForms";

const { source } = readYaml("Pulumi.dev.yaml", scalarFormsYaml, goScalar);

test.each(scalarForms.map(([written, text], index) => [written, text, index] as const))(
  "%j is read as Pulumi reads it: %j",
  (_, text, index) => {
    expect(String(valueAt(source?.value, ["config", `fullmesh:form${index}`]))).toBe(text);
  },
);
