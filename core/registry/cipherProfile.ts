import type { Ciphers } from "./settings";

/** The names of the cipher profiles. */
export const cipherProfileNames = ["modern", "cnsa", "chacha", "mlkem"] as const;

export type CipherProfileName = (typeof cipherProfileNames)[number];

/** Proposals that go together, by name of the profile. */
export const cipherProfiles: Readonly<Record<CipherProfileName, Ciphers>> = {
  modern: {
    ike: "aes256gcm16-prfsha384-x25519",
    esp: "aes256gcm16-x25519,chacha20poly1305-x25519",
  },
  // The CNSA suite (RFC 9206), but for its ECDSA or RSA keys: the nodes' are ed25519.
  cnsa: {
    ike: "aes256gcm16-prfsha384-ecp384",
    esp: "aes256gcm16-ecp384",
  },
  // For CPUs without AES instructions. AES-GCM stands behind, so that ends of which only one has the profile yet agree on that.
  chacha: {
    ike: "chacha20poly1305-prfsha384-x25519,aes256gcm16-prfsha384-x25519",
    esp: "chacha20poly1305-x25519,aes256gcm16-x25519",
  },
  // Against quantum computers, ML-KEM-768 on top of X25519 (RFC 9370): needs strongSwan 6.0.2.
  mlkem: {
    ike: "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
    esp: "aes256gcm16-x25519-ke1_mlkem768",
  },
};
