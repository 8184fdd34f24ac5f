import { algorithmsOf } from "../registry/proposals";
import type { MeshSettings } from "../registry/settings";

/** Something that not every strongSwan can do. */
export interface Need {
  /** What it is: the word of a proposal, or `ppk`. */
  readonly what: string;
  /** The least version of strongSwan that can. */
  readonly strongswan: string;
}

/** The strongSwan of each distribution that a node may run, as the script `install` has it. */
export const releases: readonly { readonly name: string; readonly strongswan: string }[] = [
  { name: "Debian 12", strongswan: "5.9.8" },
  { name: "Debian 13", strongswan: "6.0.1" },
  { name: "Ubuntu 24.04", strongswan: "5.9.13" },
];

/** The distributions whose own strongSwan is too old for it. */
export function releasesWithout({ strongswan }: Need): readonly string[] {
  return releases.filter((release) => isOlder(release.strongswan, strongswan)).map(({ name }) => name);
}

/** Versions of three numbers. */
function isOlder(one: string, other: string): boolean {
  const [these, those] = [one, other].map((version) => version.split(".").map(Number));
  const index = (these ?? []).findIndex((number, at) => number !== those?.[at]);
  return index >= 0 && (these?.[index] ?? 0) < (those?.[index] ?? 0);
}

/** RFC 8784. Source: strongSwan's NEWS. */
const ppk: Need = { what: "ppk", strongswan: "5.7.0" };

/** What the settings need of the strongSwan of each node, beyond what all can do that we know. */
export function needsOf({ ciphers, ppk: use }: Pick<MeshSettings, "ciphers" | "ppk">): readonly Need[] {
  const algorithms = [...algorithmsOf(`${ciphers.ike},${ciphers.esp}`)];
  const needs = algorithms.flatMap(([what, { strongswan }]) =>
    strongswan === undefined ? [] : [{ what, strongswan }],
  );
  return use === "required" ? [...needs, ppk] : needs;
}
