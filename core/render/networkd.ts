import type { ManagedNode } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { overlayInterface, vethToLinks, vrf } from "./links";

/** Of all links (core/plan/interface), as fnmatch(3) has it. */
const linkNames = "fm[0-9a-f]*-*";

/**
 * Keeps systemd-networkd (systemd.network(5)) from the mesh's interfaces: a file of the host's own for all names, `[Match] Name=*`, would give each link another
 * link-local address, and systemd-networkd-wait-online would wait at each boot for DHCP on it. networkd goes by the first file that matches. Nothing where all
 * interfaces of the mesh are in a namespace: the host's own may have such names there.
 */
export function networkd({ isolation }: Pick<ManagedNode, "isolation">): readonly HostFile[] {
  if (isolation === "netns") return [];
  const names = isolation === "none" ? `${linkNames} ${overlayInterface}` : `${vrf} ${vethToLinks}`;
  return [
    {
      path: hostPaths.networkd,
      mode: "0644",
      content: `${managedByLine}
[Match]
Name=${names}

[Link]
Unmanaged=yes
`,
    },
  ];
}
