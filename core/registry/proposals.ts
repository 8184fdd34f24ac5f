/*
 * Cipher proposals in strongSwan's notation (swanctl.conf(5), `proposals` and `esp_proposals`): lists by comma of words by dash. charon refuses a
 * bad one on each host, when the tunnels are already being changed; this refuses it before.
 */

const aead =
  /^(aes(128|192|256)?(gcm|ccm)(8|12|16|64|96|128)?|camellia(128|192|256)?ccm(8|12|16|64|96|128)?|chacha20poly1305)$/;
const classic = /^(aes|camellia)(128|192|256)?(ctr)?$/;
const integrity = /^(sha1|sha256|sha384|sha512|aesxcbc|aescmac)$/;
const prf = /^prf[a-z0-9]+$/;
const keyExchange = /^(modp\d+(s\d+)?|ecp\d+(bp)?|x25519|curve25519|x448|curve448)$/;
/** Optional further words: additional key exchanges (RFC 9370), extended sequence numbers. */
const further = /^(ke[1-7]_[a-z0-9]+|esn|noesn)$/;

const words = [aead, classic, integrity, prf, keyExchange, further];

/** What is wrong with a list of IKE proposals; undefined if nothing is. */
export function ikeProposalsFault(text: string): string | undefined {
  return firstFault(text, (has) => {
    if (has(aead) && has(classic)) return "mixes ciphers with and without integrity of their own";
    if (!has(aead) && !has(classic)) return "has no cipher, such as aes256gcm16";
    if (has(classic) && !has(integrity)) return "has no integrity algorithm, such as sha384, for its cipher";
    if (!has(prf) && !has(integrity)) return "has no pseudo-random function, such as prfsha384";
    return has(keyExchange) ? undefined : "has no key exchange, such as x25519";
  });
}

/**
 * What is wrong with a list of ESP proposals; undefined if nothing is. Only ciphers with integrity of their own (AEAD): the links' MTU is computed
 * for their overhead, and nothing else is worth its cost today. Without a key exchange, rekeying would not give forward secrecy (RFC 7296 section 2.17).
 */
export function espProposalsFault(text: string): string | undefined {
  return firstFault(text, (has) => {
    if (has(classic)) return "has a cipher without integrity of its own; use aes256gcm16 or chacha20poly1305";
    if (!has(aead)) return "has no cipher, such as aes256gcm16";
    if (has(prf)) return "has a pseudo-random function, which only IKE proposals have";
    return has(keyExchange) ? undefined : "has no key exchange, such as x25519, and so no forward secrecy";
  });
}

function firstFault(text: string, faultOf: (has: (word: RegExp) => boolean) => string | undefined): string | undefined {
  for (const proposal of text.split(",").map((part) => part.trim())) {
    const tokens = proposal.split("-");
    const unknown = tokens.find((token) => !words.some((word) => word.test(token)));
    const fault =
      proposal === ""
        ? "is empty"
        : unknown !== undefined
          ? `has the unknown word ${JSON.stringify(unknown)}`
          : faultOf((word) => tokens.some((token) => word.test(token)));
    if (fault) return `the proposal ${JSON.stringify(proposal)} ${fault}`;
  }
  return undefined;
}
