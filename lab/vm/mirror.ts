import { run } from "../run";

/** The Debian releases of the lab's hosts: 12 and 13. */
export const releases = ["bookworm", "trixie"] as const;

/** A Debian release by its code name. */
export type Release = (typeof releases)[number];

/** Where the lab's Debian packages come from. */
export interface Mirror {
  /** sources.list lines by release; none: mmdebstrap's own default. */
  readonly lines: Readonly<Record<Release, readonly string[]>>;
  /** apt options of this machine that decide whether a mirror can be reached: proxies, retries and the like. */
  readonly options: readonly string[];
}

/** Settings that matter for reaching a mirror, and say nothing about this machine's packages. */
const passedOn = /^Acquire::(https?::(?!User-Agent).+|Retries|Check-Valid-Until|Check-Date|ForceIPv[46]) ".+";$/;

const suites = new RegExp(`^(?:${releases.join("|")})(|-updates|-security)$`);

/**
 * The sources.list lines for a release, by apt's index targets, given as `URI|suite|component|origin` lines: a mirror that has one Debian release has the others.
 * All suites of the release are taken, or what the hosts would install might not fit what they have.
 */
export function mirrorLines(targets: string, release: Release): string[] {
  const lines = targets.split("\n").flatMap((target) => {
    const [uri, suite, component, origin] = target.split("|");
    const kind = suites.exec(suite ?? "")?.[1];
    // The origin is only known after an apt-get update; without one it is the unexpanded $(ORIGIN).
    const debian = origin === "Debian" || origin?.startsWith("$") === true;
    return uri !== undefined && kind !== undefined && debian && component === "main"
      ? [`deb ${uri} ${release}${kind} main`]
      : [];
  });
  const complete = lines.some((line) => line.endsWith(` ${release} main`));
  return complete ? [...new Set(lines)].sort() : [];
}

/** The settings to pass on among the lines of `apt-config dump`. */
export function mirrorOptions(dump: string): string[] {
  return dump.split("\n").filter((line) => passedOn.test(line));
}

/** The mirror that this machine itself uses, so that the lab works wherever its apt-get does. */
export async function findMirror(): Promise<Mirror> {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)";
  const options = { timeoutSeconds: 60 };
  const [targets, dump] = await Promise.all([
    run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], options),
    run("apt-config", ["dump"], options),
  ]);
  return {
    lines: { bookworm: mirrorLines(targets, "bookworm"), trixie: mirrorLines(targets, "trixie") },
    options: mirrorOptions(dump),
  };
}
