import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { devStack, foreignStacks } from "./devStack";
import { projectFolder } from "./scratchProject";
import { labDown } from "./vm/lab";

/** `npm run demo:down`: the lab's VM and all that the demo left in .lab. The caches stay; the last line says where they are. */
async function demoDown(): Promise<void> {
  console.log((await labDown(devStack)) ? "the lab is down" : "no lab was running");
  const others = foreignStacks();
  const folder = join(projectFolder, ".lab");
  for (const name of ["env", "state", devStack]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    if (name === "state" && others.length > 0) {
      console.log(`kept ${path}, for it also has the state of ${others.join(", ")}: move it with pulumi stack export`);
      continue;
    }
    rmSync(path, { recursive: true });
    console.log(`removed ${path}`);
  }
  console.log(`kept for the next time: ${dirname(cacheFolder("lab"))}`);
}

demoDown().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
