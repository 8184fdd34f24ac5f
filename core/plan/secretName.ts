/** A secret that all managed nodes share: what babel's MAC key is made of, or what preshared keys derive from. */
export type SecretKind = "babel-mac" | "ppk";

/** The name of a shared secret's resource. The first of a kind has no number in it. */
export function secretName(kind: SecretKind, number: number): string {
  return number === 1 ? kind : `${kind}-${number}`;
}
