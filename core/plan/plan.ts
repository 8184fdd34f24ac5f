import type { AddressFamily, SshTarget } from "../registry/registry";
import type { BabelProfile } from "../registry/babelProfile";
import type { Ciphers } from "../registry/settings";
import type { Need } from "./needs";

/** Everything that was decided about a mesh. Later stages write it down and carry it out; they decide nothing again. */
export interface MeshPlan {
  readonly overlay: OverlayNetworks;
  readonly ciphers: Ciphers;
  /** What each node's strongSwan must be able to do that not every one can. */
  readonly needs: readonly Need[];
  readonly babel: BabelProfile;
  /** By id. */
  readonly nodes: readonly NodePlan[];
  /** By the ids of both ends, then their serials. */
  readonly links: readonly Link[];
  /** Pairs of nodes that cannot be linked directly; babel carries them by way of others. */
  readonly unlinked: readonly UnlinkedPair[];
}

/** The overlay's two networks, canonical CIDR. */
export interface OverlayNetworks {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** One machine. */
export interface NodePlan {
  readonly name: string;
  readonly id: number;
  readonly organization: string;
  readonly tags: readonly string[];
  readonly ssh: SshTarget;
  /** Overlay addresses, without prefix length: always /32 and /128 on the node itself. */
  readonly overlay: { readonly ipv4: string; readonly ipv6: string };
  /** fe80 address, the same on each of the node's links. */
  readonly linkLocal: string;
  /** The one UDP port of the node. */
  readonly port: number;
  /** Networks behind the node that it announces, canonical CIDR. */
  readonly prefixes: readonly string[];
  /** Whether it carries what others send each other. */
  readonly relays: boolean;
  /** The node's half of each of its links, by peer id, then serials. */
  readonly connections: readonly Connection[];
}

/** A link between two endpoints, as the two halves that must agree. `a` is the half of the node with the lower id. */
export interface Link {
  readonly a: Connection;
  readonly b: Connection;
}

/** One node's half of a link: all that the node needs to know of it. */
export interface Connection {
  /** Name of the XFRM interface and of the swanctl connection: at most 15 bytes, unique on the node. */
  readonly name: string;
  /** XFRM interface id, 1 to 2^32-1, unique on the node. It never leaves the node: the peer's half has its own. */
  readonly ifId: number;
  readonly local: LinkEnd;
  readonly remote: LinkEnd;
  readonly family: AddressFamily;
  /** Whether this half dials. Exactly one of the two halves does. */
  readonly initiates: boolean;
  /** MTU of the XFRM interface, the same on both halves. */
  readonly mtuBytes: number;
  /** Name of the post-quantum preshared key that the link requires, the same on both halves; absent where it has none. */
  readonly ppkId?: string;
}

/** One end of a link. */
export interface LinkEnd {
  readonly node: string;
  readonly nodeId: number;
  readonly serial: number;
  /** IKE identity: a distinguished name of organization, node and endpoint serial. */
  readonly identity: string;
  /** Underlay address; absent where the end can only dial out. */
  readonly address?: string;
  /** UDP port of the underlay. */
  readonly port: number;
  /** fe80 address on the link. */
  readonly linkLocal: string;
}

/** Two nodes without a direct link, and why. */
export interface UnlinkedPair {
  readonly a: string;
  readonly b: string;
  readonly reason: "no family in common" | "neither has an address" | "the policy keeps them apart";
  /** Relays on one of the shortest ways between them; babel picks the best at any time. Null where there is no way. */
  readonly via: readonly string[] | null;
}
