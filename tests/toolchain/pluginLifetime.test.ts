/** A plugin outlives no engine, not even one that is killed. */
import { spawn } from "node:child_process";
import path from "node:path";
import { standIns } from "../../lab/toolchain/standIns";
import { PROVIDERS } from "../../lab/toolchain/versions";
import { isAlive, temporaryDirectory } from "./pluginProcess";

const cache = temporaryDirectory();

test("plugins end after a killed engine", async () => {
  const bundled = await standIns(cache);
  await Promise.all([
    outlivesNot(path.join(bundled.languageDirectory, "pulumi-language-nodejs")),
    ...PROVIDERS.map((name) => outlivesNot(path.join(bundled.providerDirectory(name), `pulumi-resource-${name}`))),
  ]);
});

async function outlivesNot(executable: string): Promise<void> {
  const script = `
    const plugin = require("node:child_process").spawn(process.argv[1], ["127.0.0.1:1"]);
    plugin.stdout.once("data", () => console.log(plugin.pid));
  `;
  const engine = spawn(process.execPath, ["-e", script, executable], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise<number>((resolve) => {
    engine.stdout.once("data", (chunk: Buffer) => {
      resolve(Number(chunk.toString()));
    });
  });
  expect(isAlive(pid)).toBe(true);
  engine.kill("SIGKILL");
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
}
