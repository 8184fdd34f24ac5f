import { describeConnection } from "../describe/connection";
import { linkName } from "../plan/connectionName";
import type { Link, MeshPlan, NodePlan } from "../plan/plan";
import type { Picture, PictureLink, PictureNode } from "./picture";
import { counted } from "../registry/counted";

/** The mesh as the files have it: nobody was asked. */
export function pictureOfPlan(stack: string, plan: MeshPlan): Picture {
  const { nodes, links, unlinked } = plan;
  const apart = unlinked.length === 0 ? "" : ` ${counted(unlinked.length, "pair")} of nodes without a link.`;
  return {
    title: `${stack}: ${counted(nodes.length, "node")}, ${counted(links.length, "link")}`,
    description: `The mesh as planned.${apart}`,
    nodes: nodes.map(plannedNode),
    links: links.map((link) => plannedLink(link, plan)),
  };
}

/** A node with what the plan says of it. */
export function plannedNode({ name, organization, managed, relays, overlay, tags, prefixes }: NodePlan): PictureNode {
  return {
    name,
    organization,
    managed,
    transit: relays,
    state: "planned",
    address: overlay.ipv4,
    details: [
      `${overlay.ipv4}, ${overlay.ipv6}`,
      ...(tags.length === 0 ? [] : [`tags: ${tags.join(", ")}`]),
      ...(prefixes.length === 0 ? [] : [`prefixes: ${prefixes.join(", ")}`]),
    ],
  };
}

/** A link with what the plan says of it, as its end with the lower id has it. */
export function plannedLink(link: Link, plan: MeshPlan): PictureLink {
  const { path, initiator, mtu, cost } = describeConnection(link.a, plan);
  return {
    a: link.a.local.node,
    b: link.a.remote.node,
    state: "planned",
    label: "",
    details: [linkName(link), path, `initiator ${initiator}, MTU ${mtu}, cost ${cost}`],
  };
}
