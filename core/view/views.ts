import type { HalfHealth, MeshCounts, ServiceHealth, Verdict } from "../observe/health";
import type { AddressFamily } from "../registry/registry";

/** What the page shows (cli/web), as JSON: null for what is not known. */

/** The whole mesh, short enough to be sent at each look. */
export interface MeshView {
  readonly stack: string;
  /** When the nodes were asked, ISO 8601 in UTC. */
  readonly observedAt: string;
  /** Pause between two looks. */
  readonly everySeconds: number;
  /** Why the files cannot be planned now, so that what is shown is beside the last plan; null where they can. */
  readonly filesProblem: string | null;
  readonly healthy: boolean;
  readonly counts: MeshCounts;
  /** By id, with those that are not managed. */
  readonly nodes: readonly NodeBrief[];
  /** Every planned link, also one that is away, in the order of the plan. */
  readonly links: readonly LinkBrief[];
  /** Pairs without a link, as planned. */
  readonly unlinked: readonly UnlinkedBrief[];
}

/** Whether a node is well: `silent` did not answer, `unmanaged` was not asked. */
export type NodeState = "healthy" | "sick" | "silent" | "unmanaged";

/** A node in the picture. */
export interface NodeBrief {
  readonly name: string;
  readonly id: number;
  readonly state: NodeState;
  readonly relays: boolean;
  readonly tags: readonly string[];
}

/** A link in the picture. */
export interface LinkBrief {
  /** As in `fra1 - tyo1`; unique. */
  readonly name: string;
  /** Places of its ends in the list of nodes. */
  readonly a: number;
  readonly b: number;
  readonly family: AddressFamily;
  readonly verdict: Verdict;
  readonly rttMs: number | null;
  /** Whether packets between its ends go by way of another node. */
  readonly isRelayed: boolean;
  /** Of both directions; null until it was seen twice. */
  readonly bytesPerSecond: number | null;
  /** Of babel; the dearer one of both ends' costs. */
  readonly cost: number | null;
  readonly mtuBytes: number | null;
  readonly cipher: string | null;
  /** Since its security association was made or rekeyed. */
  readonly ageSeconds: number | null;
  /** The node that initiates. */
  readonly initiator: string;
}

/** A pair without a link. */
export interface UnlinkedBrief {
  readonly a: number;
  readonly b: number;
  readonly reason: string;
}

/** One node in full. */
export interface NodeView {
  readonly name: string;
  readonly id: number;
  readonly state: NodeState;
  readonly organization: string;
  readonly tags: readonly string[];
  readonly overlay: { readonly ipv4: string; readonly ipv6: string };
  readonly isolation: string;
  readonly relays: boolean;
  /** Networks behind it. */
  readonly prefixes: readonly string[];
  readonly os: string | null;
  /** What is wrong, in words. */
  readonly problems: readonly string[];
  readonly services: readonly ServiceHealth[];
  readonly neighbours: readonly NeighbourView[];
  readonly routes: readonly RouteView[];
  /** What may reach it, in words; a line each. */
  readonly accepts: readonly string[];
}

/** A neighbour as babel on the node has it. */
export interface NeighbourView {
  readonly interface: string;
  readonly peer: string;
  /** The last 16 hellos, the newest in the highest bit, in hexadecimal. */
  readonly reach: string;
  readonly rxcost: number;
  readonly txcost: number;
  readonly cost: number;
  readonly rttMs: number | null;
}

/** A route that babel on the node has learned. */
export interface RouteView {
  readonly prefix: string;
  /** Node whose address or network it is; null where the plan has none. */
  readonly of: string | null;
  readonly metric: number;
  /** Node that is next on the way; the interface where the plan has none. */
  readonly via: string;
  readonly isInstalled: boolean;
}

/** One link in full: what each of its ends finds. */
export interface LinkView {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly halves: readonly [HalfHealth, HalfHealth];
}

/** The way from one node to another. */
export interface PathView {
  readonly from: string;
  readonly to: string;
  /** As the nodes' kernels have it now, for each family. */
  readonly now: Readonly<Record<AddressFamily, WayView>>;
  /** The shortest one in the plan: nodes from one end to the other; null where there is none. */
  readonly planned: readonly string[] | null;
}

/** A way, hop by hop, as far as it is known. */
export interface WayView {
  readonly hops: readonly HopView[];
  /** Why it does not arrive; null where it does. */
  readonly ends: string | null;
}

/** One hop. */
export interface HopView {
  readonly from: string;
  readonly to: string;
  readonly rttMs: number | null;
  readonly metric: number | null;
}
