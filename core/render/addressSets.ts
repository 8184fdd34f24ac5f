import type { MeshPlan, NodePlan } from "../plan/plan";
import type { AddressFamily } from "../registry/registry";

/** Networks, CIDR or an address alone, by family. */
type Networks = Readonly<Record<AddressFamily, readonly string[]>>;

const types = { ip4: "ipv4_addr", ip6: "ipv6_addr" } as const;

/** Networks that a node announces. */
export function behind({ prefixes }: Pick<NodePlan, "prefixes">): Networks {
  return {
    ip4: prefixes.filter((prefix) => !prefix.includes(":")),
    ip6: prefixes.filter((prefix) => prefix.includes(":")),
  };
}

/** Where packets of a node, and of what is behind it, may come from. */
export function ownNetworks(node: NodePlan): Networks {
  const { ip4, ip6 } = behind(node);
  return { ip4: [node.overlay.ipv4, ...ip4], ip6: [node.overlay.ipv6, ...ip6] };
}

/** An nftables set without a name. */
export function setOf(networks: readonly string[]): string {
  return `{ ${networks.join(", ")} }`;
}

/** A named nftables set of networks that do not overlap; a line an element, so that a change is one line in a review. */
export function namedSet(name: string, family: AddressFamily, lines: readonly string[]): string {
  const elements = lines.map((line) => `      ${line}\n`).join("");
  return `  set ${name}-${family} {\n    type ${types[family]}\n    flags interval\n    elements = {\n${elements}    }\n  }\n`;
}

/** Sets `own-ip4` and `own-ip6`: the node's addresses and what it announces. */
export function ownSets(node: NodePlan): string {
  const own = ownNetworks(node);
  return bothFamilies((family) =>
    namedSet(
      "own",
      family,
      own[family].map((network) => `${network},`),
    ),
  );
}

/** Sets `mesh-ip4` and `mesh-ip6`: the overlay, and what any node announces. The registry has checked that they do not overlap. */
export function meshSets({ overlay, nodes }: MeshPlan): string {
  const overlays = { ip4: overlay.ipv4, ip6: overlay.ipv6 };
  return bothFamilies((family) => {
    const announced = nodes.flatMap((node) => elementsOf(node.name, behind(node)[family]));
    return namedSet("mesh", family, [`${overlays[family]},`, ...announced]);
  });
}

/** Of a set: a node's networks on one line, with its name; none where there are none. */
export function elementsOf(node: string, networks: readonly string[]): readonly string[] {
  return networks.length === 0 ? [] : [`${networks.join(", ")}, # ${node}`];
}

/** The same for both families. */
export function bothFamilies(text: (family: AddressFamily) => string): string {
  return text("ip4") + text("ip6");
}
