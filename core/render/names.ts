import type { NodePlan } from "../plan/plan";
import { hostPaths, type HostFile } from "./hostFile";
import { anyAddress } from "./swanctl";
import { watcher } from "./watcher";

/**
 * The DNS names that the node dials, and the service that looks them up; nothing where there are none. charon is given addresses alone: with a name it would wait
 * for the resolver whenever any peer dials in, since it compares the peer's address with those of all connections (strongSwan, ike_cfg.c; swanctl.conf(5), remote_addrs).
 */
export function dnsNames(node: NodePlan): readonly HostFile[] {
  const lines = node.connections.flatMap(({ name, family, initiates, remote }) =>
    initiates && remote.dnsName !== undefined ? `${name} ${family} ${remote.dnsName} ${anyAddress[family]}\n` : [],
  );
  return watcher("names", "CONNECTION FAMILY NAME WILDCARD", lines, unit);
}

const unit = `[Unit]
Description=fullmesh: addresses of peers with DNS names
After=strongswan.service

[Service]
ExecStart=${hostPaths.scripts}/names watch
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target
`;
