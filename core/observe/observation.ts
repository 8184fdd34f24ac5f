import type { FilterTable } from "./filterRules";

/** What a node says of itself: the typed form of what the script `observe` prints. Nothing here is judged; health.ts does that. */
export interface Observation {
  readonly os: Section<OperatingSystem>;
  /** The node's clock, seconds since 1970. */
  readonly clockSeconds: Section<number>;
  /** What was deployed last with success; `none` where nothing was. */
  readonly bundle: Section<AppliedBundle | "none">;
  readonly services: Section<readonly Service[]>;
  /** Whether somebody has switched the mesh off on the node. */
  readonly switchedOff: Section<SwitchedOff | "not">;
  readonly rules: Section<RulesState>;
  /** What interfaces, routes and kernel settings are other than the node's tables say, in words. */
  readonly deviations: Section<readonly string[]>;
  /** What is wrong with the UDP ports of its daemons, in words. */
  readonly ports: Section<readonly string[]>;
  /** Tables of nftables that are not the mesh's and filter what comes in or is forwarded. */
  readonly filters: Section<readonly FilterTable[]>;
  readonly ikeSas: Section<readonly IkeSa[]>;
  /** Names of the connections that charon has loaded. */
  readonly connections: Section<readonly string[]>;
  /** Names of the connections that dial a DNS name, and of which the node has an address. */
  readonly lookedUp: Section<readonly string[]>;
  readonly babel: Section<BabelState>;
  /** XFRM interfaces. */
  readonly interfaces: Section<readonly LinkInterface[]>;
  /** Routes in the kernel that babeld has put there. */
  readonly routes4: Section<readonly InstalledRoute[]>;
  readonly routes6: Section<readonly InstalledRoute[]>;
}

/** A part of an observation: a daemon that does not run leaves its part out, and the others stand. */
export type Section<T> =
  | { readonly kind: "read"; readonly value: T }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** Whether the command took longer than it was given, which a busy node's may. */
      readonly late?: true;
    };

/** The value of a section, or undefined if it was not read. */
export function valueOf<T>(section: Section<T>): T | undefined {
  return section.kind === "read" ? section.value : undefined;
}

/** Whether somebody has switched the mesh off on the node. */
export function isOff({ switchedOff }: Observation): boolean {
  const state = valueOf(switchedOff);
  return state !== undefined && state !== "not";
}

/** From os-release(5). */
export interface OperatingSystem {
  /** As in "debian". */
  readonly id: string;
  /** As in "12"; empty on a rolling release. */
  readonly versionId: string;
}

/** The bundle of files that a node is in the state of (host/bundle.sh, `good`). */
export interface AppliedBundle {
  /** First 16 hexadecimal digits of its SHA-256. */
  readonly digest: string;
  /** When it was applied, by the node's clock, seconds since 1970. */
  readonly appliedAtSeconds: number;
}

/** How the mesh is switched off: `closed` keeps what is for the overlay from leaving in clear. */
export type SwitchedOff = "closed" | "open";

/** The nftables rules in the kernel beside those that were loaded last. */
export type RulesState = "loaded" | "changed" | "missing";

/** A systemd unit. */
export interface Service {
  readonly unit: string;
  /** systemd's ActiveState, or `not-found` where there is no such unit. */
  readonly state: string;
  /** How often systemd has restarted it after a failure. */
  readonly restarts: number;
}

/** An IKE_SA as `swanctl --list-sas` has it. */
export interface IkeSa {
  /** Name of its connection. */
  readonly connection: string;
  readonly uniqueId: string;
  /** As in CONNECTING, ESTABLISHED, REKEYING, DELETING. */
  readonly state: string;
  /** Whether this node began it. */
  readonly initiator: boolean;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** Since it was established or last rekeyed; undefined before. */
  readonly ageSeconds: number | undefined;
  readonly rekeyInSeconds: number | undefined;
  readonly children: readonly ChildSa[];
}

/** A CHILD_SA. */
export interface ChildSa {
  readonly name: string;
  readonly uniqueId: string;
  /** As in INSTALLED, REKEYING, REKEYED, DELETING. */
  readonly state: string;
  /** XFRM interface id of what comes in; undefined without one. */
  readonly ifId: number | undefined;
  /** As in AES_GCM_16-256. */
  readonly cipher: string;
  /** Since it was installed or last rekeyed. */
  readonly ageSeconds: number | undefined;
  readonly rekeyInSeconds: number | undefined;
  /** Since it was installed or last rekeyed. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What babeld knows, from its control socket. */
export interface BabelState {
  readonly neighbours: readonly BabelNeighbour[];
  readonly routes: readonly BabelRoute[];
  /** Prefixes that this node announces as its own, CIDR. */
  readonly announced: readonly string[];
}

/** What babeld writes for a cost that means: does not get through. Source: babeld, INFINITY. */
export const infiniteCost = 65535;

/** A neighbour on one interface. */
export interface BabelNeighbour {
  readonly interface: string;
  readonly address: string;
  /** The last 16 hellos, the newest in the highest bit, in hexadecimal. */
  readonly reach: string;
  /** What we would pay to be reached by it; infinite if we miss too many hellos. */
  readonly rxcost: number;
  /** What it says that we pay to reach it; infinite if it does not hear us. */
  readonly txcost: number;
  /** Undefined until the first timestamps have come back. */
  readonly rttMs: number | undefined;
  /** Of the link: txcost with the penalty for the round-trip time. */
  readonly cost: number;
}

/** A route that babeld has learned. */
export interface BabelRoute {
  /** CIDR. */
  readonly prefix: string;
  /** Whether it is the one in the kernel. */
  readonly installed: boolean;
  readonly metric: number;
  readonly interface: string;
}

/** An XFRM interface. */
export interface LinkInterface {
  readonly name: string;
  readonly ifId: number | undefined;
  readonly mtuBytes: number;
  readonly up: boolean;
  /** What passed it since it was made; undefined where ip(8) did not tell. */
  readonly traffic: Traffic | undefined;
}

/** Counters of an interface, of the packets inside IPsec. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
}

/** A kernel route that leads somewhere: unreachable and blackhole routes are left out. */
export interface InstalledRoute {
  /** A network in CIDR, or an address alone. */
  readonly destination: string;
  readonly interface: string;
}
