import type { BabelProfile } from "./babelProfile";

/** Mesh-wide settings, checked: what Pulumi.<stack>.yaml decides for every node. */
export interface MeshSettings {
  /** Overlay network for IPv4, canonical CIDR, /8 to /24. A node's address is the network plus its id. */
  readonly overlayIpv4: string;
  /** Overlay network for IPv6, canonical CIDR, /32 to /112. A node's address is the network plus its id. */
  readonly overlayIpv6: string;
  /** Proposals in strongSwan's notation (swanctl.conf(5)). */
  readonly ciphers: Ciphers;
  /** Whether each pair of nodes has a post-quantum preshared key (RFC 8784), without which they do not link. */
  readonly ppk: PpkUse;
  /** How babeld weighs links by their round-trip time. */
  readonly babel: BabelProfile;
  /** Where each node writes its metrics. */
  readonly metrics: MetricsUse;
}

export interface Ciphers {
  /** IKE_SA proposal list. */
  readonly ike: string;
  /** CHILD_SA (ESP) proposal list; its key exchange gives forward secrecy at each rekeying. */
  readonly esp: string;
}

/** The uses of post-quantum preshared keys. */
export const ppkUses = ["none", "required"] as const;

export type PpkUse = (typeof ppkUses)[number];

/** Nowhere, or into a file for node_exporter's textfile collector. */
export const metricsUses = ["none", "textfile"] as const;

export type MetricsUse = (typeof metricsUses)[number];

/** Where the private keys of nodes may be made: by the deployer, who keeps them in the stack's state, or on each node, which they never leave. */
export const keySources = ["state", "node"] as const;

export type KeySource = (typeof keySources)[number];

/** How the deployer proves to the nodes who it is: with one key file, or with whatever the agent at SSH_AUTH_SOCK holds. */
export type SshLogin = { readonly kind: "keyFile"; readonly file: string } | { readonly kind: "agent" };

/** All settings of a stack: the mesh's, and how to deploy it. */
export interface StackSettings extends MeshSettings {
  /** Folder with one YAML file a node. */
  readonly registryFolder: string;
  /** known_hosts file that holds every node's host key. */
  readonly knownHostsFile: string;
  readonly sshLogin: SshLogin;
  /** Bits of security that every algorithm of the proposals has at least, 112 to 256. */
  readonly cipherFloor: number;
  /** The organizations whose nodes the registry may have; empty for any. */
  readonly organizations: readonly string[];
  /** How many nodes are changed at once, 1 to 64. */
  readonly parallelism: number;
  /** Seconds after which a node that does not answer over SSH is given up, 1 to 60. */
  readonly dialSeconds: number;
  /** Whether a deploy looks at the hosts first, and mends what was changed there by hand. */
  readonly driftDetection: boolean;
  /** Tag of the nodes that each deploy changes first; undefined where all are changed at once. */
  readonly canary: string | undefined;
  /** Share of the nodes that are no canaries in each wave after theirs, 1 to 100. */
  readonly wavePercent: number;
  /** Share of the mesh's links that one deploy may remove or re-establish, 1 to 100. */
  readonly blastCapPercent: number;
  /** Domain of the nodes' DNS names, in lower case and without the root's dot; undefined where they have none. */
  readonly domain: string | undefined;
  /** Whether removing a node also purges the packages that fullmesh installed on it. */
  readonly purgePackages: boolean;
  /** Where nodes' keys are made. */
  readonly keySource: KeySource;
}
