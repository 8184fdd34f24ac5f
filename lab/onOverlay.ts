import type { Isolation } from "../core/registry/registry";
import { networkNamespace, vrf } from "../core/render/links";

/** A command of one program and its arguments, so that it runs where a node has the overlay. */
export function onOverlay(isolation: Isolation, command: string): string {
  switch (isolation) {
    case "none":
      return command;
    case "netns":
      return `ip netns exec ${networkNamespace} ${command}`;
    case "vrf":
      return `ip vrf exec ${vrf} ${command}`;
  }
}
