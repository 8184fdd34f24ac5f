import { deviationPhrases, portWords } from "../observe/deviations";
import type { HostDifference } from "./hostDifference";

/** What each kind of difference is called. */
const phrases: Readonly<Record<string, (...words: readonly string[]) => string>> = {
  missing: (path) => `${path} is missing`,
  changed: (path) => `${path} was changed`,
  mode: (path, is, should) => `${path} has mode ${is} instead of ${should}`,
  owner: (path, is, should) => `${path} belongs to ${is} instead of ${should}`,
  "no-record": (what) => `there is no record of the ${what} that the last deploy left`,
  unfinished: () => "its last change was not finished",
  absent: () => "the mesh is not on this host",
  unit: (unit, is, should) => `${unit} is ${is} instead of ${should}`,
  unloaded: (name) => `charon has not loaded ${name}`,
  rules: (is) => `the nftables rules of the mesh ${is === "missing" ? "are missing" : "were changed"}`,
  "babel-without": (name) => `babeld does not have the interface ${name}`,
  "babel-route": (network) => `the kernel has lost babeld's route to ${network}`,
  "babel-elsewhere": () => "babeld is not in the network namespace of the links",
  ...deviationPhrases,
  port: portWords,
  "switched-off": () => "the mesh is switched off here, and was not looked at but for its files (npx fullmesh start)",
  "foreign-file": (path) => `foreign file ${path} (left alone)`,
  "foreign-connection": (name) => `foreign connection ${name} (left alone)`,
  "foreign-babel-interface": (name) => `babeld has the foreign interface ${name} (left alone)`,
  more: (count) => `${count} more lines of its answer were not read`,
  unread: (what, ...why) => `${what} does not tell: ${why.join(" ")}`,
};

/** A difference in the operator's words. One that a newer script on the host knows of is said in that one's; and a host may say anything, `__proto__` too. */
export function differenceWords({ kind, words }: HostDifference): string {
  const phrase = Object.hasOwn(phrases, kind) ? phrases[kind] : undefined;
  return phrase?.(...words) ?? [kind, ...words].join(" ");
}

/** Whether nothing is to be mended: it is somebody else's, or meant. */
export function isNote({ kind }: HostDifference): boolean {
  return kind.startsWith("foreign-") || kind === "switched-off";
}
