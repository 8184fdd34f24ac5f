import type { AddressFamily, Endpoint, Isolation, PortRange, SshTarget, Uplink } from "../registry/registry";
import type { BabelProfile } from "../registry/babelProfile";
import type { PublicKey } from "../registry/publicKey";
import type { Ciphers, MetricsUse } from "../registry/settings";
import type { Need } from "./needs";

/** Everything that was decided about a mesh. Later stages write it down and carry it out; they decide nothing again. */
export interface MeshPlan {
  readonly overlay: OverlayNetworks;
  /** The highest id that a node has, or that is reserved. */
  readonly highestId: number;
  readonly ciphers: Ciphers;
  /** What each node's strongSwan must be able to do that not every one can. */
  readonly needs: readonly Need[];
  readonly babel: BabelProfile;
  /** Where each node writes its metrics. */
  readonly metrics: MetricsUse;
  /** Numbers of the secrets that the managed nodes share: the one in use, then one that is accepted, too. */
  readonly secrets: readonly number[];
  /** By id. */
  readonly nodes: readonly NodePlan[];
  /** By the ids of both ends, then their serials. */
  readonly links: readonly Link[];
  /** Pairs of nodes without a direct link, by the ids of both; babel carries them by way of others. */
  readonly unlinked: readonly UnlinkedPair[];
}

/** The overlay's two networks, canonical CIDR. */
export interface OverlayNetworks {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** One machine: one of ours, or one that somebody else runs, to which nothing is deployed. */
export type NodePlan = ManagedNode | UnmanagedNode;

/** One of our machines. */
export type ManagedNode = PlannedNode & {
  readonly managed: true;
  readonly ssh: SshTarget;
  readonly isolation: Isolation;
  /** Numbers of its keys: the one in use, then one that peers accept, too. */
  readonly keys: readonly number[];
};

/** A machine that somebody else runs. Of its own halves of its links the plan says what they must be; others make them so. */
export type UnmanagedNode = PlannedNode & {
  readonly managed: false;
  readonly publicKey: PublicKey;
  /** By serial. */
  readonly endpoints: readonly Endpoint[];
};

interface PlannedNode {
  readonly name: string;
  readonly id: number;
  readonly organization: string;
  /** Its name within the organization, part of its IKE identity. */
  readonly commonName: string;
  readonly tags: readonly string[];
  /** Overlay addresses, without prefix length: always /32 and /128 on the node itself. */
  readonly overlay: { readonly ipv4: string; readonly ipv6: string };
  /** fe80 address, the same on each of the node's links. */
  readonly linkLocal: string;
  /** The one UDP port of the node. */
  readonly port: number;
  /** Those of its uplinks that are named, by serial. */
  readonly uplinks: readonly MarkedUplink[];
  /** Whether all are, so that charon need look at no other interface. */
  readonly allUplinksNamed: boolean;
  /** Networks behind the node that it announces, canonical CIDR. */
  readonly prefixes: readonly string[];
  /** Whether it carries what others send each other; one that is not managed never does. */
  readonly relays: boolean;
  /** What may reach the node over the mesh, and the networks behind it. */
  readonly accepts: "everything" | readonly Acceptance[];
  /** The node's half of each of its links, by peer id, then serials. */
  readonly connections: readonly Connection[];
}

/** Something that may reach a node, beside what always may: ping, answers, babel. */
export interface Acceptance {
  /** Tag of those who may send. */
  readonly from: string;
  /** Names of the nodes with the tag, by id. What is behind them may send, too. */
  readonly sources: readonly string[];
  readonly ports: "all" | readonly PortRange[];
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
  /** ESP proposals in strongSwan's notation, the same on both halves: the mesh's, and one more where an end is not managed. */
  readonly espProposals: string;
  /** Name of the first post-quantum preshared key that the link requires, the same on both halves; absent where it has none. Others are named after it (core/plan/ppk). */
  readonly ppkId?: string;
  /** What babel takes for the link besides the penalty for its round-trip time, the same on both halves. */
  readonly rxcost: number;
  /** Metric of our own route to the peer straight over the link, which is taken while babel has none. Unique among the links with that peer. */
  readonly fallbackMetric: number;
  /** Which of the node's uplinks it goes by; absent where the node's routing table decides. */
  readonly uplink?: MarkedUplink;
}

/** An uplink, and what tells the kernel which packets of links are to leave by it. */
export interface MarkedUplink extends Uplink {
  readonly family: AddressFamily;
  /** Firewall mark of the packets, and number of the routing table with the uplink's routes alone; 32 bits, unique on the node. */
  readonly mark: number;
}

/** One end of a link. */
export interface LinkEnd {
  readonly node: string;
  readonly nodeId: number;
  /** Whether the node is one of ours. */
  readonly managed: boolean;
  readonly serial: number;
  /** IKE identity: a distinguished name of organization, common name and endpoint serial. */
  readonly identity: string;
  /** Underlay address; absent where the end can only dial out, and where it has a DNS name. */
  readonly address?: string;
  /** DNS name of the underlay address, for whoever dials it to look up. */
  readonly dnsName?: string;
  /** UDP port of the underlay. */
  readonly port: number;
  /** fe80 address on the link. */
  readonly linkLocal: string;
}

/** Two nodes without a direct link, and why. Not two that are not managed: whether they link is their owners' business. */
export interface UnlinkedPair {
  readonly a: string;
  readonly b: string;
  readonly reason: UnlinkedReason;
  /** Relays on one of the shortest ways between them; babel picks the best at any time. Null where there is no way. */
  readonly via: readonly string[] | null;
}

/**
 * | reason | |
 * |---|---|
 * | `no-common-family` | they have no address family in common |
 * | `no-address` | neither has an address or a DNS name that the other could initiate to |
 * | `policy` | the policy keeps them apart |
 */
export type UnlinkedReason = "no-common-family" | "no-address" | "policy";
