import type { Acceptance, ManagedNode } from "../plan/plan";
import type { UnlinkedPeers } from "../plan/unlinkedPeers";
import { formatPorts } from "../registry/ports";
import type { Isolation, SshServer, SshTarget } from "../registry/registry";
import { describeNumbers } from "./numbers";
import { unlinkedWords } from "./unlinked";

/** What a node is, for review: the rest of it is in its connections and in the bundle of its `apply`. */
export interface NodeDescription {
  /** Number of the node; addresses and interface ids derive from it. */
  readonly nodeId: number;
  readonly organization: string;
  /** Its name within the organization, where that is not the node's. */
  readonly commonName?: string;
  /** Words that the policy selects nodes by, if it has any. */
  readonly tags?: readonly string[];
  /** Overlay address. */
  readonly ipv4: string;
  /** Overlay address. */
  readonly ipv6: string;
  /** `user@host:port` of the deployer's login, and of the bastions before it. */
  readonly ssh: string;
  /** The one UDP port that a firewall before the node must let in. */
  readonly udpPort: number;
  /** Where the overlay is on it, if not beside the node's own interfaces and routes. */
  readonly isolation?: Exclude<Isolation, "none">;
  /** The number of its key in use and of the one that peers accept, too, if they are not its first key alone. */
  readonly keys?: string;
  /** Whether it carries what others send each other. */
  readonly relays: boolean;
  /** Networks behind the node that it announces. */
  readonly prefixes: readonly string[];
  /** What may reach the node over the mesh, and the networks behind it. */
  readonly accepts: readonly string[];
  /** The nodes that it has no link with, if any: a line for each reason and way to them. */
  readonly noLinkWith?: readonly string[];
}

/** A planned node as its reader wants to see it. */
export function describeNode(plan: ManagedNode, unlinked: readonly UnlinkedPeers[]): NodeDescription {
  const { name, id, organization, commonName, tags, overlay, ssh, port, isolation, keys, relays, prefixes, accepts } =
    plan;
  return {
    nodeId: id,
    organization,
    ...(commonName === name ? {} : { commonName }),
    ...(tags.length === 0 ? {} : { tags }),
    ipv4: overlay.ipv4,
    ipv6: overlay.ipv6,
    ssh: describeSsh(ssh),
    udpPort: port,
    ...(isolation === "none" ? {} : { isolation }),
    ...(keys.join() === "1" ? {} : { keys: describeNumbers(keys) }),
    relays,
    prefixes,
    accepts: accepts === "everything" ? ["everything"] : ["ping and answers", ...accepts.flatMap(describeAcceptance)],
    ...(unlinked.length === 0 ? {} : { noLinkWith: unlinked.map(describeUnlinked) }),
  };
}

function describeSsh({ jump = [], ...server }: SshTarget): string {
  const text = ({ user, host, port }: SshServer): string => `${user}@${host}:${port}`;
  return jump.length === 0 ? text(server) : `${text(server)} via ${jump.map(text).join(", ")}`;
}

function describeAcceptance({ from, ports }: Acceptance): readonly string[] {
  return (ports === "all" ? ["everything"] : ports.map(formatPorts)).map((what) => `${what} from ${from}`);
}

function describeUnlinked({ peers, reason, via }: UnlinkedPeers): string {
  // "Neither" is said of two, and here may be many.
  const why = reason === "no-address" ? "behind NAT at both ends" : unlinkedWords[reason];
  return `${peers.join(", ")} (${why}): ${via === null ? "out of reach" : `by way of ${via.join(", ")}`}`;
}
