import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Does `work` while holding the lock on `file`, so that of all programs on this machine only one does.
 * The lock is flock(1)'s: it ends with this program, however that ends.
 * @throws if another holds the lock for longer than `timeoutSeconds`.
 */
export async function withLock<T>(
  file: string,
  timeoutSeconds: number,
  work: () => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const holder = spawn("flock", ["--timeout", String(timeoutSeconds), file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true, // else Ctrl-C would end it, and free the lock, before the work is wound up
  });
  const ended = once(holder, "exit").then(
    () => "ended" as const,
    () => "ended" as const,
  );
  const waiting = setTimeout(() => onWait?.(), 500);
  try {
    const first = await Promise.race([once(holder.stdout, "data").then(() => "held" as const), ended]);
    if (first === "ended") throw new Error(`${file} was locked by another program for ${timeoutSeconds} s`);
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.end();
    await ended;
  }
}
