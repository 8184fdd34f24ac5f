import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planReader } from "../../../cli/web/planReader";
import { loadMesh } from "../../../stack/plannedMesh";
import { projectWith } from "../../stack/project";

const pulumiYaml = readFileSync(join(__dirname, "../../../Pulumi.yaml"), "utf8");
const stackYaml = "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";
const node = (id: number): string =>
  `id: ${id}\norganization: lab\nssh: {host: 192.0.2.${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.${id}}]\n`;

test("files are read again where one is edited, joins or leaves, and only then", () => {
  const folder = projectWith({
    "Pulumi.yaml": pulumiYaml,
    "Pulumi.dev.yaml": stackYaml,
    "nodes/dev/fra1.yaml": node(1),
  });
  const mesh = loadMesh(folder, "dev");
  const read = planReader(mesh);
  const names = (): readonly string[] => read().nodes.map(({ name }) => name);
  expect(read()).toBe(mesh.plan);
  writeFileSync(join(folder, "nodes/dev/nyc1.yaml"), node(2));
  expect(names()).toEqual(["fra1", "nyc1"]);
  expect(read()).toBe(read());
  writeFileSync(join(folder, "nodes/dev/nyc1.yaml"), `${node(2)}tags: [hub]\n`);
  expect(read().nodes[1]?.tags).toEqual(["hub"]);
  writeFileSync(join(folder, "nodes/dev/nyc1.yaml"), "id: x\n");
  expect(read).toThrow("nodes/dev/nyc1.yaml:1:5");
  expect(read).toThrow("nodes/dev/nyc1.yaml:1:5");
  rmSync(join(folder, "nodes/dev/nyc1.yaml"));
  expect(names()).toEqual(["fra1"]);
  writeFileSync(join(folder, "Pulumi.dev.yaml"), stackYaml.replace("10.66.", "10.67."));
  expect(read().overlay.ipv4).toBe("10.67.0.0/16");
});
