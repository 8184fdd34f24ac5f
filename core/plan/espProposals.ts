import type { Ciphers } from "../registry/settings";

/**
 * Besides ours, for nodes that are not managed: ranet leaves charon to its defaults, which have no key exchange for ESP (proposal.c), and would not agree with
 * ours at the first rekeying, after an hour. New keys come from IKE's own rekeying then, every four hours.
 */
const espOfOthers = "aes256gcm16";

/** ESP proposals of a link between two nodes, in strongSwan's notation. */
export function espProposals({ esp }: Ciphers, ...ends: readonly { readonly managed: boolean }[]): string {
  return ends.every(({ managed }) => managed) ? esp : `${esp},${espOfOthers}`;
}
