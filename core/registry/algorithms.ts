/*
 * The algorithms of cipher proposals by strongSwan's words for them (swanctl.conf(5)), and how strong each is, in bits: the logarithm of the work
 * to break it. What strongSwan has and is not here is refused as unknown.
 */

/** What an algorithm is in a proposal. */
export type AlgorithmKind = "aead" | "cipher" | "integrity" | "prf" | "key exchange" | "additional key exchange";

/** One algorithm. */
export interface Algorithm {
  readonly kind: AlgorithmKind;
  /** Bits of security, 0 for what counts for nothing. */
  readonly strengthBits: number;
  /** The least strongSwan version that has it as distributions build it; absent where each that we know has it. */
  readonly strongswan?: string;
}

const aead =
  /^(aes(128|192|256)?(gcm|ccm)(8|12|16|64|96|128)?|camellia(128|192|256)?ccm(8|12|16|64|96|128)?|chacha20poly1305)$/;
const classic = /^(aes|camellia)(128|192|256)?(ctr)?$/;

/**
 * Integrity algorithms and, with `prf` before them, pseudo-random functions. What an HMAC is worth does not hang on collisions: SHA-256 gives it 256
 * bits (NIST SP 800-57 part 1 rev. 5, table 3). SHA-1 counts for nothing here, whatever that table says: RFC 8247 has it on its way out, and NIST ends its use in 2030.
 */
const hashes: Readonly<Record<string, number>> = {
  sha1: 0,
  sha256: 256,
  sha384: 256,
  sha512: 256,
  aesxcbc: 128,
  aescmac: 128,
};

/**
 * NIST SP 800-57 part 1 rev. 5, table 2, for groups of its sizes; for those between, SP 800-56A rev. 3, appendix D. X25519 and X448: RFC 7748 section 7.
 * Brainpool curves: as other curves of their size. modp1536 counts as the next smaller size in the table.
 */
const keyExchanges: Readonly<Record<string, number>> = {
  modp1024: 80,
  modp1024s160: 80,
  modp1536: 80,
  modp2048: 112,
  modp2048s224: 112,
  modp2048s256: 112,
  modp3072: 128,
  modp4096: 152,
  modp6144: 176,
  modp8192: 200,
  ecp192: 80,
  ecp224: 112,
  ecp224bp: 112,
  ecp256: 128,
  ecp256bp: 128,
  ecp384: 192,
  ecp384bp: 192,
  ecp521: 256,
  ecp512bp: 256,
  x25519: 128,
  curve25519: 128,
  x448: 224,
  curve448: 224,
};

/** Security categories 1, 3 and 5 are those of AES-128, 192 and 256 (FIPS 203, section 8). */
const lattices: Readonly<Record<string, number>> = { mlkem512: 128, mlkem768: 192, mlkem1024: 256 };

/**
 * strongSwan has ML-KEM from OpenSSL 3.5 since this version. Its own plugin `ml` is older, but neither Debian nor Ubuntu builds it; and where they have
 * this version, they have that OpenSSL.
 */
const mlKemSince = "6.0.2";

/** Additional key exchanges (RFC 9370) of any kind. Source: strongSwan's NEWS. */
const additionalSince = "6.0.0";

/** The algorithm that a word of a proposal stands for. */
export function algorithm(word: string): Algorithm | undefined {
  const additional = /^ke[1-7]_(.+)$/.exec(word)?.[1];
  if (additional !== undefined) return additionalKeyExchange(additional);
  if (aead.test(word)) return { kind: "aead", strengthBits: keyBits(word) };
  if (classic.test(word)) return { kind: "cipher", strengthBits: keyBits(word) };
  return (
    counted("integrity", word, hashes) ??
    counted("prf", /^prf(.+)$/.exec(word)?.[1] ?? "", hashes) ??
    counted("key exchange", word, keyExchanges)
  );
}

/** The weakest key exchange of those to be recommended that has so many bits, up to 256: what to write in place of a weaker one. */
export function keyExchangeWith(strengthBits: number): string {
  return ["x25519", "ecp384", "x448"].find((word) => (keyExchanges[word] ?? 0) >= strengthBits) ?? "ecp521";
}

function additionalKeyExchange(word: string): Algorithm | undefined {
  const lattice = counted("additional key exchange", word, lattices);
  if (lattice) return { ...lattice, strongswan: mlKemSince };
  const other = counted("additional key exchange", word, keyExchanges);
  return other && { ...other, strongswan: additionalSince };
}

function counted(kind: AlgorithmKind, word: string, table: Readonly<Record<string, number>>): Algorithm | undefined {
  const strengthBits = Object.hasOwn(table, word) ? table[word] : undefined;
  return strengthBits === undefined ? undefined : { kind, strengthBits };
}

/** A cipher is as strong as its key is long; without a size in the word it is 128 bits. */
function keyBits(cipher: string): number {
  if (cipher === "chacha20poly1305") return 256;
  return Number(/^[a-z]+(128|192|256)/.exec(cipher)?.[1] ?? 128);
}
