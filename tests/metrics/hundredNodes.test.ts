import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { series } from "./series";

const project = join(__dirname, "../..");

test("a hundred nodes, of which six relay: every end of every link is there, in 300 MB", () => {
  const script = ["--require", "./bin/typescript.js", "tests/metrics/hundredNodes.ts", "100", "6"];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, {
    cwd: project,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('"healthy":true') as string });
  const { megabytes } = JSON.parse(stderr) as { readonly megabytes: number };
  expect(megabytes).toBeLessThan(300);
  const found = [...series(stdout).values()];
  expect(found.filter(({ name, value }) => name === "fullmesh_link_up" && value === 1)).toHaveLength(100 * 99);
  expect(found.filter(({ name, value }) => name === "fullmesh_routes_installed" && value === 198)).toHaveLength(100);
});
