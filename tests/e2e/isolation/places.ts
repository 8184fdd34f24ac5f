import { networkNamespace } from "../../../core/render/links";
import type { TestMesh } from "../testMesh";

/** Where three nodes have the overlay. */
export const places = { fra1: "none", nyc1: "netns", tyo1: "netns" } as const;

/** The names of the three. */
export const placed = ["fra1", "nyc1", "tyo1"] as const;

/** One of the three. */
export type Placed = (typeof placed)[number];

/** Writes their node files. */
export function writePlaces(mesh: TestMesh): void {
  for (const name of placed) mesh.writeNode(name, { isolation: places[name], tags: ["all"] });
}

/** A command where the node has the overlay. */
export function inPlace(name: Placed, command: string): string {
  return places[name] === "netns" ? `ip netns exec ${networkNamespace} ${command}` : command;
}
