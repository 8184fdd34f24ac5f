import { networkNamespace } from "../../../core/render/links";
import { onOverlay } from "../../../lab/onOverlay";
import type { TestMesh } from "../testMesh";

/** Where three nodes have the overlay. */
export const places = { fra1: "none", nyc1: "vrf", tyo1: "netns" } as const;

/** The names of the three. */
export const placed = ["fra1", "nyc1", "tyo1"] as const;

/** One of the three. */
export type Placed = (typeof placed)[number];

/** Networks behind those that isolate the overlay. */
export const lans = {
  nyc1: { ip4: "172.31.2", ip6: "fd00:2:" },
  tyo1: { ip4: "172.31.3", ip6: "fd00:3:" },
} as const;

/** Writes their node files. */
export function writePlaces(mesh: TestMesh): void {
  mesh.writeNode("fra1", { tags: ["all"] });
  for (const name of ["nyc1", "tyo1"] as const) {
    const { ip4, ip6 } = lans[name];
    mesh.writeNode(name, { isolation: places[name], tags: ["all"], prefixes: [`${ip4}.0/24`, `${ip6}:/64`] });
  }
}

/** A command where the node has the overlay. */
export function inPlace(name: Placed, command: string): string {
  return onOverlay(places[name], command);
}

/** ip(8) where the node has the links. */
export function ipOfLinks(name: Placed): string {
  return places[name] === "none" ? "ip" : `ip -n ${networkNamespace}`;
}
