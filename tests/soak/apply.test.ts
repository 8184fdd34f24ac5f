import { expectNew, expectOldOrNew, runs, stepsOf, stepsOfBoot } from "../host/killedApply";

/** The script `apply` in a folder that it takes for a host, killed at each of its commands. It takes half an hour. */
const minutes = 30;

/** All numbers to `steps`, with a line now and then. */
function eachStep(what: string, steps: number, work: (at: number) => string): void {
  const started = Date.now();
  const outcomes = new Map<string, number>();
  for (let at = 1; at <= steps; at++) {
    const outcome = work(at);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (at % 50 !== 0 && at !== steps) continue;
    const counts = [...outcomes].map(([name, count]) => `${name} ${count}`).join(", ");
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write(`${what}: killed at ${at} of ${steps} commands in ${seconds} s; after a boot: ${counts}\n`);
  }
}

test.each(runs)(
  "%s: after a boot the files are the old or the new ones, and the next apply completes it",
  (what, run) => {
    eachStep(what, stepsOf(run), (at) => expectOldOrNew(run, at));
  },
  minutes * 60_000,
);

test.each(runs.filter(([, run]) => !run.refused))(
  "%s: a boot that is cut short is completed by the next",
  (what, run) => {
    eachStep(`${what}, at a boot`, stepsOfBoot(run), (at) => {
      expectNew(run, at);
      return "new";
    });
  },
  minutes * 60_000,
);
