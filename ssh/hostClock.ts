/** How often the clock looks. */
const tickSeconds = 0.05;

/** A tick that comes later than this was held up by this program, or by this computer. */
const maxTickSeconds = 2 * tickSeconds;

interface Alarm {
  left: number;
  readonly ring: () => void;
}

const alarms = new Set<Alarm>();
let ticking: NodeJS.Timeout | undefined;
let last = 0;

/**
 * Calls back when a host has had so many seconds to answer. Time in which this program was busy with something else, so that it would not have heard the answer, is
 * left out: a limit on a host must not end because the deployer has much to do, is on a slow machine, or slept. What came in meanwhile is dealt with first.
 *
 * @returns what calls it off
 */
export function afterHostSeconds(seconds: number, ring: () => void): () => void {
  const alarm = { left: seconds, ring };
  alarms.add(alarm);
  if (ticking === undefined) {
    last = performance.now();
    ticking = setInterval(tick, tickSeconds * 1000);
  }
  return () => {
    alarms.delete(alarm);
  };
}

function tick(): void {
  const now = performance.now();
  const passed = Math.min((now - last) / 1000, maxTickSeconds);
  last = now;
  for (const alarm of alarms) {
    alarm.left -= passed;
    // After the input that waits.
    if (alarm.left <= 0) setImmediate(ringIfSet, alarm);
  }
  if (alarms.size > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}

function ringIfSet(alarm: Alarm): void {
  if (alarms.delete(alarm)) alarm.ring();
}
