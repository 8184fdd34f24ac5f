import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectFolder, runsTypeScript } from "../../../lab/scratchProject";
import { findLab } from "../../../lab/vm/lab";
import { say } from "../say";

/** Programs that do nothing but take time of the processor. */
const busyCount = 10;

const busy: ChildProcess[] = [];

beforeAll(() => {
  const running = findLab("dev");
  running?.close();
  if (running !== undefined) throw new Error("the demo is up: take it down with npm run demo:down");
  for (let count = 0; count < busyCount; count++) busy.push(spawn("sh", ["-c", "while :; do :; done"]));
});

afterAll(async () => {
  for (const child of busy) child.kill("SIGKILL");
  await project("lab/demoDown.ts");
});

async function project(file: string): Promise<number> {
  const child = spawn(process.execPath, ["--require", runsTypeScript, join(projectFolder, file)], {
    cwd: projectFolder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.on("data", (chunk: Buffer) => {
    say(chunk.toString());
  });
  const [status] = (await once(child, "close")) as [number | null];
  return status ?? 1;
}

test("the demo comes up while ten programs take all of the processor", async () => {
  expect(await project("lab/demo.ts")).toBe(0);
}, 3_600_000);
