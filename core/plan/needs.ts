import { algorithmsOf } from "../registry/proposals";
import type { MeshSettings } from "../registry/settings";

/** Something that not every strongSwan can do. */
export interface Need {
  /** What it is: the word of a proposal, or `ppk`. */
  readonly what: string;
  /** The least version of strongSwan that can. */
  readonly strongswan: string;
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
