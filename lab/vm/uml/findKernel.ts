import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { variable } from "../../cacheFolder";
import { run } from "../../run";
import { umlKernel } from "./kernel/buildKernel";

/** A kernel that works here, or why there is none. */
export type FoundKernel =
  { readonly path: string; readonly why: string } | { readonly path?: undefined; readonly why: string };

/** How to get one. */
const remedy = "npm run lab -- kernel builds one, for a lab that is several times faster";

/** What the kernel says when it has found all that it needs of this computer, and no disk. */
const noDisk = "Unable to mount root fs";

/**
 * The User-Mode Linux kernel to use: `FULLMESH_UML_KERNEL`, else the one in the cache.
 *
 * @throws if `FULLMESH_UML_KERNEL` names something that is no such kernel, or one that does not work here
 */
export async function findKernel(): Promise<FoundKernel> {
  const named = variable("FULLMESH_UML_KERNEL");
  if (named === undefined) return builtKernel();
  const path = resolve(named);
  try {
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw new Error(`FULLMESH_UML_KERNEL names ${path}, which is no program`, { cause: error });
  }
  await checkKernel(path);
  return { path, why: "FULLMESH_UML_KERNEL names a User-Mode Linux kernel" };
}

async function builtKernel(): Promise<FoundKernel> {
  const path = umlKernel();
  if (path === undefined) return { why: `there is no User-Mode Linux kernel (${remedy})` };
  await checkKernel(path);
  return { path, why: "a User-Mode Linux kernel was built here" };
}

/** @throws with what it says, if the kernel does not start here in seccomp mode. */
async function checkKernel(path: string): Promise<void> {
  const quiet = ["con=null", "ssl=null", "con0=null,fd:1", "panic=-1"];
  const said = await run("sh", ["-c", '"$0" "$@" 2>&1 || :', path, "mem=64M", "seccomp=on", ...quiet], {
    timeoutSeconds: 30,
  });
  if (said.includes(noDisk)) return;
  throw new Error(`${path} does not run here in seccomp mode:\n${said.trimEnd().split("\n").slice(-10).join("\n")}`);
}
