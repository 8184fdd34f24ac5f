import type { Ciphers } from "./settings";

/** The names of the cipher profiles. */
export const cipherProfileNames = ["modern", "cnsa", "chacha", "mlkem"] as const;

export type CipherProfileName = (typeof cipherProfileNames)[number];

/** Proposals that go together, by name of the profile. */
export const cipherProfiles: Readonly<Record<CipherProfileName, Ciphers & { readonly means: string }>> = {
  modern: {
    means: "AES-256-GCM and X25519; ESP may also be ChaCha20-Poly1305",
    ike: "aes256gcm16-prfsha384-x25519",
    esp: "aes256gcm16-x25519,chacha20poly1305-x25519",
  },
  // CNSA also asks for ECDSA or RSA keys, which the nodes' ed25519 keys are not.
  cnsa: {
    means: "the ciphers of the CNSA suite (RFC 9206): AES-256-GCM, SHA-384 and P-384",
    ike: "aes256gcm16-prfsha384-ecp384",
    esp: "aes256gcm16-ecp384",
  },
  // AES-GCM stands behind, so that ends of which only one has the profile yet agree on that.
  chacha: {
    means: "ChaCha20-Poly1305 before AES-256-GCM, for CPUs without AES instructions",
    ike: "chacha20poly1305-prfsha384-x25519,aes256gcm16-prfsha384-x25519",
    esp: "chacha20poly1305-x25519,aes256gcm16-x25519",
  },
  mlkem: {
    means: "AES-256-GCM, and ML-KEM-768 on top of X25519 (RFC 9370) against quantum computers; needs strongSwan 6.0.2",
    ike: "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
    esp: "aes256gcm16-x25519-ke1_mlkem768",
  },
};
