import { setTimeout as sleep } from "node:timers/promises";

/** Settles as `work` does, or fails after `seconds` naming `what` was waited for. */
export async function within<T>(seconds: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: no answer within ${seconds} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks `probe` again and again until it gives something; undefined if `seconds` pass without. */
export async function poll<T>(
  seconds: number,
  everySeconds: number,
  probe: () => T | undefined | Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const found = await probe();
    if (found !== undefined || Date.now() > deadline) return found;
    await sleep(everySeconds * 1000, undefined, { ...(signal !== undefined && { signal }) }).catch(() => undefined);
  }
}

/** What a wait sees: its end, or what was done last, which differs whenever something was done. */
export type Seen = { readonly done: true } | { readonly done?: never; readonly did: string };

/**
 * Asks `probe` again and again until it says that all is done, however long that takes, as long as something is done.
 *
 * @returns undefined at the end; or what was done last, if nothing was for `seconds`
 */
export async function stuckAfter(
  seconds: number,
  everySeconds: number,
  probe: () => Seen | Promise<Seen>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let last = "";
  let since = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const seen = await probe();
    if (seen.done) return undefined;
    if (seen.did !== last) {
      last = seen.did;
      since = Date.now();
    }
    if (Date.now() - since > seconds * 1000) return last;
    await sleep(everySeconds * 1000, undefined, { ...(signal !== undefined && { signal }) }).catch(() => undefined);
  }
}
