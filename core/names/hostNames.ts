import type { MeshPlan, NodePlan } from "../plan/plan";

/** The names of a node, and the overlay addresses that they stand for. */
export interface HostNames {
  /** The node's name in the mesh's domain, if there is one, then the bare name. Without one of them where that is no name to give away. */
  readonly names: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Names that each host has in its own hosts file: another address for one of them breaks what runs there. Source: Debian's hosts(5), RFC 6761 */
const ownNames = [
  "localhost",
  "localhost6",
  "ip6-localhost",
  "ip6-loopback",
  "ip6-localnet",
  "ip6-allnodes",
  "ip6-allrouters",
  "broadcasthost",
];

/** By the node's name, in the order of the plan. */
export function hostNames(
  { nodes }: Pick<MeshPlan, "nodes">,
  domain: string | undefined,
): ReadonlyMap<string, HostNames> {
  return new Map(nodes.map((node) => [node.name, { names: namesOf(node, domain), ...node.overlay }]));
}

function namesOf({ name }: NodePlan, domain: string | undefined): readonly string[] {
  return [...(domain === undefined ? [] : [`${name}.${domain}`]), ...(ownNames.includes(name) ? [] : [name])];
}
