import { hostPaths, unitFile, type HostFile } from "./hostFile";

/**
 * Restores what others take away of rules, routes and settings: reloads of firewalld, ufw and docker empty nftables, and networkd removes routes and policy rules that
 * it does not know. Initiates what is missing of the links that the node is to initiate: a few at a time, so that a node which has lost many does not storm its peers.
 * charon initiates by itself only what it knows to have been lost.
 */
export const healer: readonly HostFile[] = [
  unitFile(
    "fullmesh-healer.service",
    `[Unit]
Description=fullmesh: restores rules, routes and links that are missing
After=strongswan.service

[Service]
Type=oneshot
ExecStart=-${hostPaths.scripts}/heal
ExecStart=${hostPaths.scripts}/dial missing 20
TimeoutStartSec=60
# What it did stands in the journal, but not each of its starts.
SyslogLevel=notice
LogLevelMax=notice
`,
  ),
  unitFile(
    "fullmesh-healer.timer",
    `[Unit]
Description=fullmesh: looks for rules, routes and links that are missing

[Timer]
OnActiveSec=30
OnUnitInactiveSec=30
AccuracySec=1

[Install]
WantedBy=timers.target
`,
  ),
];
