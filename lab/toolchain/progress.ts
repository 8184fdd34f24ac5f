/** Tells the person at the keyboard, in one line, what is going on. */
export type Progress = (line: string) => void;

const INTERVAL_MILLISECONDS = 10_000;

/** Runs something slow: says that it starts, every ten seconds that it goes on, and how long it took. */
export async function withElapsed<T>(progress: Progress, what: string, run: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const seconds = (): number => Math.round((Date.now() - start) / 1000);
  progress(what);
  const timer = setInterval(() => {
    progress(`${what}: ${seconds()} s`);
  }, INTERVAL_MILLISECONDS);
  try {
    const result = await run();
    progress(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
