import type { Place } from "./problem";
import type { PublicKey } from "./publicKey";

/** The registry: who is in the mesh, as typed data. It has been checked; later stages trust it and check nothing again. */

/** Address family of an underlay path, in ranet's and strongSwan's words. */
export type AddressFamily = "ip4" | "ip6";

/** One way to reach a node over the underlay. */
export interface Endpoint {
  /** Number of the endpoint within its node, 0 to 15, never re-used for another uplink. Part of the IKE identity. */
  readonly serial: number;
  readonly family: AddressFamily;
  /** IP address in canonical text form; absent for a node behind NAT, which can only dial out, and where there is a name. */
  readonly address?: string;
  /** DNS name in place of an address, in lower case: the nodes that dial it look it up again and again. */
  readonly dnsName?: string;
  /** UDP port for IKE and ESP, 1 to 65535. All endpoints of a node share one port (charon has a single port_nat_t). */
  readonly port: number;
  /** Largest IP packet that passes the uplink whole, 1344 (ip6: 1364) to 9216 bytes. */
  readonly mtuBytes: number;
  /** What a link by this uplink costs babel more than another, 0 to 16384. */
  readonly extraCost: number;
  /** Which of the node's uplinks it is; absent where the node's routing table decides alone. */
  readonly uplink?: Uplink;
}

/** An uplink by the node's own names. */
export interface Uplink {
  /** Network interface of the node. */
  readonly interface: string;
  /** IP address that packets leave from, canonical; absent where any of the interface will do. */
  readonly source?: string;
}

/** Where a node has the overlay's interfaces, addresses and routes: beside its own, or in a network namespace of their own. */
export type Isolation = "none" | "netns" | "vrf";

/** An SSH server, and who logs in there. Always an underlay address: SSH must work with the mesh down. */
export interface SshServer {
  /** IP address or DNS name. */
  readonly host: string;
  /** TCP port, 1 to 65535. */
  readonly port: number;
  readonly user: string;
}

/** Where and as whom the deployer logs in: as `root`, or as a user who may `sudo` without a password. */
export interface SshTarget extends SshServer {
  /** The bastions before it, each reached through the one before; absent where the deployer reaches the node itself. */
  readonly jump?: readonly SshServer[];
}

/** Who runs a node: this project, which logs in to it, or somebody else, of whose node no more than its public key is known. */
export type Management =
  | {
      readonly managed: true;
      readonly ssh: SshTarget;
      readonly isolation: Isolation;
      /** Numbers of its keys: the one in use, then one that peers accept, too. */
      readonly keys: readonly number[];
    }
  | {
      readonly managed: false;
      /** Base64 of the DER SubjectPublicKeyInfo (RFC 8410), on one line. */
      readonly publicKey: PublicKey;
    };

/** One machine of the mesh. */
export type RegistryNode = RegisteredNode & Management;

interface RegisteredNode {
  /** DNS label, from the file's name. */
  readonly name: string;
  /** 1 to 65534, unique for ever: interface numbers and addresses derive from it. */
  readonly id: number;
  /** Who runs the node. (organization, commonName) is its identity. */
  readonly organization: string;
  /** Its name within the organization, in ranet's word. */
  readonly commonName: string;
  readonly tags: readonly string[];
  /** At least one, by serial. */
  readonly endpoints: readonly Endpoint[];
  /** Networks behind the node that it announces to the mesh, canonical CIDR. */
  readonly prefixes: readonly string[];
  /** Free text. */
  readonly remarks?: string;
  /** The file it came from, for messages. */
  readonly file: string;
}

/** An id that was once in use and must never be used again. */
export interface RetiredNode {
  readonly id: number;
  readonly name: string;
  /** Whether its host will never come back, so that the mesh need not be taken off it. */
  readonly gone: boolean;
}

/** Ports of one protocol, the first to the last. */
export interface PortRange {
  readonly protocol: "tcp" | "udp";
  /** 1 to 65535. */
  readonly first: number;
  /** At least the first. */
  readonly last: number;
}

/** What nodes with the one tag may send to nodes with the other, and to the networks behind these. */
export interface AllowRule {
  readonly from: string;
  readonly to: string;
  /** Without it everything, whatever the protocol. */
  readonly ports?: readonly PortRange[] | undefined;
}

/** A node by its name, or all with a tag. */
export type NodesMeant = { readonly node: string } | { readonly tag: string };

/** What somebody may send: everything, ping, or TCP or UDP to some ports. */
export type Traffic = "everything" | "icmp" | PortRange;

/** Traffic to nodes, for a policy test. */
export interface PolicyTarget {
  readonly to: NodesMeant;
  readonly traffic: Traffic;
}

/** What must, and what must not, be accepted from nodes. */
export interface PolicyTest {
  readonly from: NodesMeant;
  readonly accept: readonly PolicyTarget[];
  readonly deny: readonly PolicyTarget[];
}

/** Where the policy file has what messages point at. */
export interface PolicyPlaces {
  readonly survive: Place;
  /** Of each entry of `allow`. */
  readonly allow: readonly Place[];
  /** Of each test, and of each of its targets. */
  readonly tests: readonly {
    readonly accept: readonly Place[];
    readonly deny: readonly Place[];
    readonly from: Place;
  }[];
}

/** Who links with whom, who relays for others, and who may reach what, by tags. */
export interface Policy {
  /** Nodes with the tag link with nodes that have one of the hubs' tags and with no others, and relay for nobody. */
  readonly leaves: readonly { readonly tag: string; readonly hubs: readonly string[] }[];
  /** Nodes with the one tag do not link with those that have the other. */
  readonly exclude: readonly { readonly tag: string; readonly from: string }[];
  /** Tags of the nodes that relay; without it all do but the leaves. */
  readonly transit?: readonly string[] | undefined;
  /** What may be reached over the mesh; without it everything. With an empty list nothing but what the mesh needs itself. */
  readonly allow?: readonly AllowRule[] | undefined;
  /** What the mesh must bear: the loss of so many nodes, 0 or 1, without others being cut off from each other. */
  readonly require?: { readonly survive: number } | undefined;
  /** What `allow` must come to. */
  readonly tests?: readonly PolicyTest[] | undefined;
}

/** The policy where none is written: every node links with every other, and all relay. */
export const fullMesh: Policy = { leaves: [], exclude: [] };

/** The secrets that all managed nodes share: babel's MAC key, and what preshared keys derive from. Others take their place under other numbers. */
export interface MeshSecrets {
  /** The one in use, then one that is accepted, too. */
  readonly numbers: readonly number[];
  /** Ids of nodes whose key was revoked since the newest of them was made. */
  readonly knownTo: readonly number[];
  /** Ids of retired nodes, gone for good, that do not know the newest of them, or may. */
  readonly unknownTo: readonly number[];
}

/** The secrets where none are written. */
export const firstSecrets: MeshSecrets = { numbers: [1], knownTo: [], unknownTo: [] };

/** All nodes of one stack, by id. */
export interface Registry {
  readonly nodes: readonly RegistryNode[];
  readonly retired: readonly RetiredNode[];
  readonly policy: Policy;
  /** Absent where there is no policy file. */
  readonly policyPlaces?: PolicyPlaces;
  /** `firstSecrets` where absent. */
  readonly secrets?: MeshSecrets;
}
