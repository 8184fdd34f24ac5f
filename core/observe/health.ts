import type { UnlinkedPair } from "../plan/plan";
import type { AddressFamily, Isolation } from "../registry/registry";

/**
 * How the mesh is, against how it was planned. This is also what `fullmesh status --json` prints, so: only JSON types, null for what is
 * not known, fields are added but never renamed or removed.
 */
export interface MeshHealth {
  /** Every node healthy, every link up, no warning. */
  readonly healthy: boolean;
  readonly counts: MeshCounts;
  /** Those that are managed, by id. */
  readonly nodes: readonly NodeHealth[];
  /** Those that are not, by id. Nobody logs in to them: what is known of them is what the others see of their links. */
  readonly unmanaged: readonly UnmanagedHealth[];
  /** By the ids of both ends, then their serials. */
  readonly links: readonly LinkHealth[];
  /** Pairs without a direct link, as planned. */
  readonly unlinked: readonly UnlinkedPair[];
}

/** The mesh in figures. `up + half + down + unknown` is `links`. */
export interface MeshCounts {
  /** Nodes that are managed. */
  readonly nodes: number;
  readonly healthyNodes: number;
  readonly answeringNodes: number;
  readonly unmanagedNodes: number;
  readonly links: number;
  readonly up: number;
  readonly half: number;
  readonly down: number;
  readonly unknown: number;
}

/** What was expected and what was there. */
export interface Tally {
  readonly expected: number;
  /** Null where it could not be read. */
  readonly found: number | null;
}

/** One node that somebody else runs. */
export interface UnmanagedHealth {
  readonly name: string;
  readonly id: number;
  readonly organization: string;
  /** Its links, and how many of them are up as their other ends see them. */
  readonly links: Tally;
}

/** One node. */
export interface NodeHealth {
  readonly name: string;
  readonly id: number;
  /** It answers, its services run, it has what is expected and nothing of ours besides. Its links are judged on their own. */
  readonly healthy: boolean;
  /** What is wrong, in words; empty on a healthy node. */
  readonly problems: readonly string[];
  /** Null if the node answered; else why not. */
  readonly unreachable: Unreachable | null;
  /** Where the overlay is on it, by the plan. */
  readonly isolation: Isolation;
  /** As in "debian 12". */
  readonly os: string | null;
  /** The node's clock, seconds since 1970. */
  readonly clockSeconds: number | null;
  /** What was deployed last with success; null where nothing was, or the node did not tell. */
  readonly bundle: BundleHealth | null;
  /** Each that must run; empty where they could not be read. */
  readonly services: readonly ServiceHealth[];
  readonly activeServices: Tally;
  /** Connections that charon has loaded. */
  readonly connections: Tally;
  /** Links of this node with an installed CHILD_SA. */
  readonly securityAssociations: Tally;
  /** Links on which babel hears the neighbour and is heard by it. */
  readonly neighbours: Tally;
  /** Overlay addresses of other managed nodes, of both families, with a route to them. */
  readonly routes: Tally;
  /** Connections, security associations and interfaces that carry our names but are not in the plan. */
  readonly unexpected: readonly string[];
}

/** Why a node did not answer. */
export interface Unreachable {
  /** One word: a cause of ssh/failure.ts, or `no-observation`. */
  readonly cause: string;
  /** For people, of several lines maybe. */
  readonly message: string;
}

/** The bundle of files that a node is in the state of. */
export interface BundleHealth {
  /** First 16 hexadecimal digits of its SHA-256. */
  readonly digest: string;
  /** When it was applied, by the node's clock, seconds since 1970. */
  readonly appliedAtSeconds: number;
}

/** A systemd unit that must be active. */
export interface ServiceHealth {
  readonly unit: string;
  /** systemd's ActiveState, or `not-found`. */
  readonly state: string;
  /** How often systemd has restarted it after a failure. */
  readonly restarts: number;
}

/**
 * | verdict | link or half of one |
 * |---|---|
 * | `up` | security associations stand, and babel hears and is heard |
 * | `half` | something stands, but traffic is lost: one direction is silent, one side has no SA, or a setting is wrong |
 * | `down` | nothing gets through |
 * | `unknown` | the node did not answer, or is not managed |
 */
export type Verdict = "up" | "half" | "down" | "unknown";

/** A link, judged by both its ends, or by the one that answered. */
export interface LinkHealth {
  /** Node with the lower id. */
  readonly a: string;
  readonly b: string;
  readonly family: AddressFamily;
  /** Node that dials. */
  readonly dialler: string;
  readonly verdict: Verdict;
  /** Why the verdict is not `up`, in words. */
  readonly reasons: readonly string[];
  /** What ought not to be but hurts no traffic now: security associations that are there twice. */
  readonly warnings: readonly string[];
  /** Of babel, in milliseconds: the mean of what both ends measure. */
  readonly rttMs: number | null;
  /** The half of `a`, then that of `b`. */
  readonly halves: readonly [HalfHealth, HalfHealth];
}

/** One node's half of a link. */
export interface HalfHealth {
  readonly node: string;
  readonly peer: string;
  /** Name of swanctl connection and XFRM interface. */
  readonly connection: string;
  /** Whether this half dials. */
  readonly initiates: boolean;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  /** Null where there is none, or the node did not tell. */
  readonly ike: IkeHealth | null;
  readonly child: ChildHealth | null;
  readonly babel: BabelHealth | null;
  readonly interface: InterfaceHealth | null;
  /** Way to the peer's overlay addresses. Null where the routes could not be read. */
  readonly route4: RouteHealth | null;
  readonly route6: RouteHealth | null;
}

/** The IKE_SA that counts: the newest established one. */
export interface IkeHealth {
  readonly state: string;
  readonly ageSeconds: number | null;
  readonly rekeyInSeconds: number | null;
  /** Established IKE_SAs of this connection; more than 1 is a warning. */
  readonly count: number;
}

/** The CHILD_SA that counts: the newest installed one. */
export interface ChildHealth {
  readonly state: string;
  readonly cipher: string;
  readonly ageSeconds: number | null;
  readonly rekeyInSeconds: number | null;
  /** Since the last rekeying. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Installed CHILD_SAs of this connection; more than 1 is a warning. */
  readonly count: number;
}

/** The peer as babel's neighbour. */
export interface BabelHealth {
  /** Whether this node hears the peer. */
  readonly hears: boolean;
  /** Whether the peer says that it hears this node. */
  readonly heard: boolean;
  /** The last 16 hellos, the newest in the highest bit, in hexadecimal. */
  readonly reach: string;
  /** 65535 is infinite, here and below. */
  readonly rxcost: number;
  readonly txcost: number;
  readonly cost: number;
  readonly rttMs: number | null;
}

/** The XFRM interface. */
export interface InterfaceHealth {
  readonly up: boolean;
  readonly mtuBytes: number;
  readonly expectedMtuBytes: number;
  /** What passed it since it was made; null where the node did not tell. */
  readonly traffic: TrafficHealth | null;
}

/** Counters of the packets inside IPsec. */
export interface TrafficHealth {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
}

/** Where packets to a peer's overlay address go. */
export type RouteHealth =
  /** Over a link to the peer itself. */
  | { readonly kind: "direct"; readonly metric: number | null }
  /** Over another node: babel finds that cheaper, or the link does not work. */
  | { readonly kind: "via"; readonly node: string; readonly metric: number | null }
  | { readonly kind: "none" };
