import type { Link } from "../plan/plan";
import type { HalfHealth, LinkHealth, Verdict } from "./health";

/** Judges a link by both its halves, or by the one whose node answered. */
export function linkHealth(link: Link, a: HalfHealth, b: HalfHealth): LinkHealth {
  const verdict = linkVerdict(a, b);
  return {
    a: link.a.local.node,
    b: link.b.local.node,
    family: link.a.family,
    dialler: link.a.initiates ? link.a.local.node : link.b.local.node,
    verdict,
    reasons: verdict === "up" ? [] : reasons(a, b),
    warnings: [...a.warnings, ...b.warnings],
    rttMs: mean([a.babel?.rttMs, b.babel?.rttMs]),
    halves: [a, b],
  };
}

/** That a node does not answer is no reason for what the other finds, unless neither answers. */
function reasons(...halves: readonly HalfHealth[]): readonly string[] {
  const known = halves.filter(({ verdict }) => verdict !== "unknown");
  return (known.length === 0 ? halves : known).flatMap((half) => half.reasons);
}

function linkVerdict(a: HalfHealth, b: HalfHealth): Verdict {
  const known = [a, b].filter((half) => half.verdict !== "unknown");
  const [only, other] = known;
  if (only === undefined) return "unknown";
  if (known.every((half) => half.verdict === "up")) return "up";
  if (known.every((half) => half.verdict === "down")) return "down";
  // A security association on one side only is the half-down link that counting misses.
  const oneSided = other !== undefined && (only.child === null) !== (other.child === null);
  const someoneHears = known.some(({ babel }) => babel?.hears === true || babel?.heard === true);
  return oneSided || someoneHears ? "half" : "down";
}

function mean(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === "number");
  if (known.length === 0) return null;
  // babeld gives microseconds.
  return Math.round((known.reduce((sum, value) => sum + value, 0) / known.length) * 1000) / 1000;
}
