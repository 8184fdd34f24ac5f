import { mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 500;
const HEARTBEAT_MILLISECONDS = 5_000;

/** A lock not touched for this long has no holder, whatever process has its holder's id now. */
const STALE_MILLISECONDS = 60_000;

/**
 * Runs something that only one process on this machine should do at a time. That is a courtesy: in rare cases of processes that die two may
 * hold the lock at once, so what is done must bear it.
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
  const heartbeat = setInterval(() => {
    touch(file).catch(() => undefined);
  }, HEARTBEAT_MILLISECONDS);
  try {
    return await run();
  } finally {
    clearInterval(heartbeat);
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
  if (await isAbandoned(file)) await rm(file, { force: true });
  return false;
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = await holderOf(file);
  if (holder !== undefined && !isAlive(holder)) return true;
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE_MILLISECONDS;
  } catch {
    return false;
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now);
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
