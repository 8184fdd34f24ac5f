import { algorithm, type Algorithm, type AlgorithmKind } from "./algorithms";

/*
 * Cipher proposals in strongSwan's notation (swanctl.conf(5), `proposals` and `esp_proposals`): lists by comma of words by dash. charon refuses a
 * bad one on each host, when the tunnels are already being changed; this refuses it before.
 */

/** Further words, which are no algorithms: extended sequence numbers. */
const further = /^(esn|noesn)$/;

/** What is wrong with a list of IKE proposals; undefined if nothing is. */
export function ikeProposalsFault(text: string): string | undefined {
  return firstFault(text, (has) => {
    if (has("aead") && has("cipher")) return "mixes ciphers with and without integrity of their own";
    if (!has("aead") && !has("cipher")) return "has no cipher, such as aes256gcm16";
    if (has("cipher") && !has("integrity")) return "has no integrity algorithm, such as sha384, for its cipher";
    if (!has("prf") && !has("integrity")) return "has no pseudo-random function, such as prfsha384";
    return has("key exchange") ? undefined : "has no key exchange, such as x25519";
  });
}

/**
 * What is wrong with a list of ESP proposals; undefined if nothing is. Only ciphers with integrity of their own (AEAD): the links' MTU is computed
 * for their overhead, and nothing else is worth its cost today. Without a key exchange, rekeying would not give forward secrecy (RFC 7296 section 2.17).
 */
export function espProposalsFault(text: string): string | undefined {
  return firstFault(text, (has) => {
    if (has("cipher")) return "has a cipher without integrity of its own; use aes256gcm16 or chacha20poly1305";
    if (!has("aead")) return "has no cipher, such as aes256gcm16";
    if (has("prf")) return "has a pseudo-random function, which only IKE proposals have";
    return has("key exchange") ? undefined : "has no key exchange, such as x25519, and so no forward secrecy";
  });
}

/** The algorithms of good proposals, by their words. */
export function algorithmsOf(proposals: string): ReadonlyMap<string, Algorithm> {
  return new Map(
    proposals.split(/[,-]/).flatMap((word) => {
      const known = algorithm(word);
      return known === undefined ? [] : [[word, known] as const];
    }),
  );
}

function firstFault(
  text: string,
  faultOf: (has: (kind: AlgorithmKind) => boolean) => string | undefined,
): string | undefined {
  for (const proposal of text.split(",").map((part) => part.trim())) {
    const words = proposal.split("-");
    const unknown = words.find((word) => !further.test(word) && algorithm(word) === undefined);
    const fault =
      proposal === ""
        ? "is empty"
        : unknown !== undefined
          ? `has the unknown word ${JSON.stringify(unknown)}`
          : faultOf((kind) => words.some((word) => algorithm(word)?.kind === kind));
    if (fault) return `the proposal ${JSON.stringify(proposal)} ${fault}`;
  }
  return undefined;
}
