/** Delays between dials: pulumi/pulumi sdk/go/common/util/retry/until.go, which the official command provider uses. */
const FIRST_DELAY_MILLISECONDS = 100;
const BACKOFF = 1.5;
const MAX_DELAY_MILLISECONDS = 5_000;

/** How to retry a dial. */
export interface RetryOptions {
  /** Retries after the first failure; -1 means without end. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called after each failure that a retry follows, with the number of dials so far. */
  readonly onRetry: (dials: number) => void;
}

/** Calls `dial` until it succeeds or has failed `limit` + 1 times. The error then gives the limit as the number of attempts, as the official one does. */
export async function retryDial<T>(dial: () => Promise<T>, options: RetryOptions): Promise<T> {
  let delay = FIRST_DELAY_MILLISECONDS;
  for (let dials = 1; ; dials++) {
    try {
      return await dial();
    } catch (error) {
      if (options.limit > -1 && dials > options.limit) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`after ${dials - 1} failed attempts: ${reason}`, { cause: error });
      }
    }
    options.onRetry(dials);
    await pause(delay, options.signal);
    delay = Math.min(delay * BACKOFF, MAX_DELAY_MILLISECONDS);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer);
      reject(new Error("context canceled"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cancel);
      resolve();
    }, milliseconds);
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
  });
}
