/** Mesh-wide settings, checked: what Pulumi.<stack>.yaml decides for every node. */
export interface MeshSettings {
  /** Overlay network for IPv4, canonical CIDR, /8 to /24. A node's address is the network plus its id. */
  readonly overlayIpv4: string;
  /** Overlay network for IPv6, canonical CIDR, /32 to /112. A node's address is the network plus its id. */
  readonly overlayIpv6: string;
  /** Proposals in strongSwan's notation (swanctl.conf(5)). */
  readonly ciphers: Ciphers;
  /** How babeld weighs links by their round-trip time. */
  readonly babelProfile: BabelProfileName;
}

export interface Ciphers {
  /** IKE_SA proposal list. */
  readonly ike: string;
  /** CHILD_SA (ESP) proposal list; its key exchange gives forward secrecy at each rekeying. */
  readonly esp: string;
}

export const babelProfileNames = ["lan", "continental", "global"] as const;

export type BabelProfileName = (typeof babelProfileNames)[number];
