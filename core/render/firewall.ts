import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Our own table, which is made anew as a whole in one transaction; nothing of others' is touched. */
export const firewallTable = "inet fullmesh";

/**
 * The node's nftables rules (nft(8)). A SYN that goes into a link says how large a segment the link carries, so that TCP need not rely on ICMP, which much of the
 * Internet drops.
 */
export const firewall: HostFile = {
  path: hostPaths.firewall,
  mode: "0644",
  content: `${managedByLine}
table ${firewallTable}
delete table ${firewallTable}
table ${firewallTable} {
  chain forward {
    type filter hook forward priority mangle
    oifname "fm*" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
  }
}
`,
};

/** Loads the rules at boot, before there is a link, and again whenever the distribution's own are loaded anew, which empties all tables. */
export const firewallUnit: HostFile = {
  path: `${hostPaths.units}/fullmesh-firewall.service`,
  mode: "0644",
  content: `${managedByLine}
[Unit]
Description=fullmesh: nftables rules of the overlay
After=nftables.service
PartOf=nftables.service
Before=fullmesh-links.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${hostPaths.firewall}
ExecReload=/usr/sbin/nft -f ${hostPaths.firewall}
ExecStop=/usr/sbin/nft delete table ${firewallTable}

[Install]
WantedBy=multi-user.target
`,
};
