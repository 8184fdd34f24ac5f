import type { NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** strongSwan's daemon settings (strongswan.conf(5)). A change of this file restarts charon, and with it every link of the node. */
export function charonSettings(node: NodePlan): HostFile {
  return {
    path: hostPaths.charon,
    mode: "0644",
    content: `${managedByLine}
charon {
  # IKE and ESP share one UDP port. charon opens another besides (0 would be a random one), which the rules close.
  port = ${unusedIkePort(node)}
  port_nat_t = ${node.port}
  # babeld makes the routes, and charon need not look at each of its changes.
  install_routes = no
  install_virtual_ip = no
  process_route = no
${usedInterfaces(node)}  # What is initiated again has an IKE_SA of its own, beside the one that it replaces.
  reuse_ikesa = no
  # A dead peer is given up after 26 s instead of 165.
  retransmit_timeout = 2.0
  retransmit_base = 1.5
  retransmit_tries = 4
  # A peer may not send us to another (RFC 5685).
  follow_redirects = no
  # Many nodes may initiate at once, and from behind one NAT address.
  block_threshold = 64
  init_limit_half_open = 1024
  ikesa_table_size = 256
  ikesa_table_segments = 16
  plugins {
    dhcp {
      load = no
    }
${sourceInterface(node)}  }
}
`,
  };
}

/** The port of IKE without encapsulation (RFC 7296 section 2.23), or another where the node uses that. */
export function unusedIkePort({ port }: Pick<NodePlan, "port">): number {
  return port === 500 ? 4500 : 500;
}

/** charon looks at no other interface. */
function usedInterfaces({ uplinks, allUplinksNamed }: NodePlan): string {
  if (!allUplinksNamed) return "";
  return `  interfaces_use = ${[...new Set(uplinks.map((uplink) => uplink.interface))].join(",")}\n`;
}

/** Its own packets leave by the interface that has their source address. */
function sourceInterface({ uplinks }: NodePlan): string {
  if (uplinks.length === 0) return "";
  return `    socket-default {
      set_source = yes
      set_sourceif = yes
    }
`;
}
