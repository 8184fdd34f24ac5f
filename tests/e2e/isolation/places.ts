import { networkNamespace, vrfInterface } from "../../../core/render/isolation";
import type { TestMesh } from "../testMesh";

/** Where three nodes have the overlay. Any two of them can meet by way of the third alone. */
export const places = { fra1: "none", nyc1: "vrf", tyo1: "netns" } as const;

/** The names of the three. */
export const placed = ["fra1", "nyc1", "tyo1"] as const;

/** One of the three. */
export type Placed = (typeof placed)[number];

/** Writes their node files. */
export function writePlaces(mesh: TestMesh): void {
  for (const name of placed) mesh.writeNode(name, { isolation: places[name], tags: ["all"] });
}

/** A command where the node has the overlay. A VRF is not entered by the program, but by its sockets: see `vrfOf`. */
export function inPlace(name: Placed, command: string): string {
  return places[name] === "netns" ? `ip netns exec ${networkNamespace} ${command}` : command;
}

/** What a program must bind its sockets to, if anything (socket(7), SO_BINDTODEVICE). */
export function vrfOf(name: Placed): string {
  return places[name] === "vrf" ? vrfInterface : "";
}

/** ip-route(8) about the overlay's routes. */
export function overlayRoutes(name: Placed, words: string): string {
  return inPlace(name, `ip route show ${vrfOf(name) && `vrf ${vrfOf(name)} `}${words}`);
}
