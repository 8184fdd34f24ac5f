import type { ManagedNode } from "../plan/plan";
import { hostPaths, managedByLine, unitFile, type HostFile } from "./hostFile";
import { networkNamespace } from "./links";

/** Kernel modules, loaded at boot before the links are made. */
export const kernelModules: HostFile = {
  path: hostPaths.modules,
  mode: "0644",
  content: `${managedByLine}
xfrm_interface
esp4
esp6
`,
};

/**
 * Loads the rules at boot before there is a network, and again whenever the distribution's own are reloaded, which empties all tables. Early as nftables.service
 * is, it has none of the default dependencies: what comes before those may wait for the network.
 */
export const firewallUnit = unitFile(
  "fullmesh-firewall.service",
  `[Unit]
Description=fullmesh: nftables rules of the overlay
DefaultDependencies=no
Conflicts=shutdown.target
RequiresMountsFor=${hostPaths.scripts} ${hostPaths.state}
Wants=network-pre.target
After=local-fs.target nftables.service
Before=shutdown.target network-pre.target fullmesh-links.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${hostPaths.scripts}/firewall load
ExecReload=${hostPaths.scripts}/firewall load
ExecStop=${hostPaths.scripts}/firewall unload

[Install]
WantedBy=multi-user.target
`,
);

/**
 * A start and a stop of the distribution's own rules empty all tables as a reload does, and systemd tells no unit that runs already of a start. Ours must not stop with
 * them: whoever conflicts with them, as firewalld does, would take our rules away for good. At boot ours does not run yet, and this does nothing.
 */
export const nftablesUnitSettings = unitFile(
  "nftables.service.d/fullmesh.conf",
  `[Service]
ExecStartPost=-${hostPaths.scripts}/firewall heal
ExecStopPost=-${hostPaths.scripts}/firewall heal
`,
);

/** Makes the links at boot, whether or not charon runs: an interface without a security association only refuses packets. */
export const linksUnit = unitFile(
  "fullmesh-links.service",
  `[Unit]
Description=fullmesh: XFRM links and overlay addresses
After=systemd-modules-load.service systemd-sysctl.service network.target
Before=strongswan.service fullmesh-babeld.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${hostPaths.scripts}/links up
ExecStop=${hostPaths.scripts}/links down

[Install]
WantedBy=multi-user.target
`,
);

/**
 * charon 5.9.8 hangs when it is told to end just as it dials a peer anew that has taken leave. systemd would wait 90 s for it; and whatever way it ends, nothing
 * of it must stay in the kernel. When it has started, its links are dialled.
 */
export const charonUnitSettings = unitFile(
  "strongswan.service.d/fullmesh.conf",
  `[Service]
TimeoutStopSec=20
ExecStartPost=-/bin/systemctl start --no-block fullmesh-healer.service
ExecStopPost=-${hostPaths.scripts}/forget
`,
);

const babelPid = "/run/fullmesh/babeld.pid";

/**
 * A babeld of our own: Debian 12 has only an init script, whose configuration may be the operator's. One that was killed leaves a file and a socket, at the sight
 * of which the next does not start, and routes, which the next does not know as its own and never corrects (seen with 1.12.1).
 */
export function babeldUnit({ isolation }: ManagedNode): HostFile {
  return unitFile(
    "fullmesh-babeld.service",
    `[Unit]
Description=fullmesh: babeld on the XFRM links
Requires=fullmesh-links.service
After=fullmesh-links.service

[Service]
ExecStart=/usr/sbin/babeld -c ${hostPaths.babelKey} -c ${hostPaths.babeld} -I ${babelPid}
ExecStopPost=-/bin/rm -f ${babelPid} ${hostPaths.babelSocket}
ExecStopPost=-/sbin/ip route flush proto babel
ExecStopPost=-/sbin/ip -6 route flush proto babel
${isolation !== "none" ? `NetworkNamespacePath=/run/netns/${networkNamespace}\n` : ""}Restart=on-failure
RestartSec=2
RuntimeDirectory=fullmesh
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
StateDirectory=fullmesh
StateDirectoryMode=0700
CapabilityBoundingSet=CAP_NET_ADMIN
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=multi-user.target
`,
  );
}
