import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/**
 * Begins what is missing of the links that the node dials: a few at a time, so that a node which has lost many does not storm its peers. charon dials by itself
 * only what it knows to have been lost.
 */
export const healer: readonly HostFile[] = [
  {
    path: `${hostPaths.units}/fullmesh-healer.service`,
    mode: "0644",
    content: `${managedByLine}
[Unit]
Description=fullmesh: dials links that are missing
After=strongswan.service

[Service]
Type=oneshot
ExecStart=${hostPaths.scripts}/dial missing 20
TimeoutStartSec=60
# Not a line in the journal for each start.
LogLevelMax=notice
`,
  },
  {
    path: `${hostPaths.units}/fullmesh-healer.timer`,
    mode: "0644",
    content: `${managedByLine}
[Unit]
Description=fullmesh: looks for links that are missing

[Timer]
OnActiveSec=30
OnUnitInactiveSec=30
AccuracySec=1

[Install]
WantedBy=timers.target
`,
  },
];
