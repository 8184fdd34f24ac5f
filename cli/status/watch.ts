import { setTimeout as sleep } from "node:timers/promises";

/**
 * Looks and shows, again and again, until Ctrl-C or a polite kill. The pause is between the end of one look and the start of the next,
 * so that slow nodes are not asked twice at a time.
 *
 * @returns what was seen last, undefined if there was no time for a first look.
 */
export async function watch<T>(
  everySeconds: number,
  look: () => Promise<T>,
  show: (seen: T) => void,
): Promise<T | undefined> {
  const stop = new AbortController();
  const onSignal = () => {
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  const stopped = new Promise<undefined>((resolve) => {
    stop.signal.addEventListener("abort", () => {
      resolve(undefined);
    });
  });
  let last: T | undefined;
  try {
    while (!stop.signal.aborted) {
      // A look may take as long as its slowest node; Ctrl-C does not wait for it.
      const seen = await Promise.race([look(), stopped]);
      if (seen === undefined) break;
      last = seen;
      show(last);
      await sleep(everySeconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
  return last;
}
