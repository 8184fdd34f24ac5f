import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 500;

/**
 * Runs something that only one process on this machine may do at a time.
 *
 * @param file - The lock: a file with the process id of its holder. One whose holder has died is taken over.
 * @param onWait - Called once if another process holds the lock, with that process's id.
 */
export async function withLock<T>(file: string, onWait: (holder: number) => void, run: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  let told = false;
  while (!(await acquire(file))) {
    const holder = await holderOf(file);
    if (holder !== undefined && !told) {
      told = true;
      onWait(holder);
    }
    await sleep(POLL_MILLISECONDS);
  }
  try {
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const holder = await holderOf(file);
  if (holder !== undefined && !isAlive(holder)) await rm(file, { force: true });
  return false;
}

/** The holder's process id; undefined while it is being written or has just been given up. */
async function holderOf(file: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(file, "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
