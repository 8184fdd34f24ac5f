import type { NodePlan } from "../plan/plan";
import { hostPaths, type HostFile } from "./hostFile";
import { watcher } from "./watcher";

/** A mark as swanctl and ip(8) write it. */
export function markText(mark: number): string {
  return `0x${mark.toString(16)}`;
}

/**
 * The uplinks that packets of links must leave by, whatever the routing table prefers, and the service that sees to it; nothing where none is named. charon has
 * the kernel mark the packets of a link (swanctl.conf(5), set_mark_out), and marked packets go by a table that has the routes of that uplink alone.
 */
export function uplinks(node: NodePlan): readonly HostFile[] {
  const lines = node.uplinks.map(({ interface: name, family, mark }) => `uplink ${name} ${family} ${markText(mark)}\n`);
  return watcher("uplinks", "uplink INTERFACE FAMILY MARK", lines, unit);
}

const unit = `[Unit]
Description=fullmesh: routes of each uplink
After=network.target
Before=strongswan.service

[Service]
ExecStart=${hostPaths.scripts}/uplinks watch
ExecStopPost=${hostPaths.scripts}/uplinks down
Restart=on-failure
RestartSec=2

[Install]
WantedBy=multi-user.target
`;
