import type { Isolation } from "../registry/registry";

/** Interface of the VRF that has the overlay on a node that isolates it so. The firewall's rules about `fm*` hold for it as well. */
export const vrfInterface = "fm-vrf";

/** Routing table of the VRF: "fm" in ASCII, which is none that a person would choose. */
export const vrfTable = 0x666d;

/** Name of the network namespace that has the overlay on a node that isolates it so, as `ip netns` has it. */
export const networkNamespace = "fullmesh";

/** What the scripts on a node need to know of where the overlay is: `MODE [NAME [TABLE]]`. */
export function isolationWords(isolation: Isolation): string {
  switch (isolation) {
    case "none":
      return isolation;
    case "vrf":
      return `${isolation} ${vrfInterface} ${vrfTable}`;
    case "netns":
      return `${isolation} ${networkNamespace}`;
  }
}
