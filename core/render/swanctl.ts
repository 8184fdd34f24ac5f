import type { Connection, MeshPlan, NodePlan } from "../plan/plan";
import type { AddressFamily } from "../registry/registry";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Public keys by node name: base64 of the DER SubjectPublicKeyInfo (RFC 8410), on one line. */
export type PublicKeys = Readonly<Record<string, string>>;

/** Name of the one CHILD_SA of each connection. */
export const childName = "overlay";

const anyAddress: Readonly<Record<AddressFamily, string>> = { ip4: "0.0.0.0/0", ip6: "::/0" };

/** One file a connection (swanctl.conf(5)), so that a change of one peer is a change of one file. */
export function swanctlConnections(plan: MeshPlan, node: NodePlan, keys: PublicKeys): readonly HostFile[] {
  return node.connections.map((connection) => ({
    path: `${hostPaths.swanctlConnections}/${connection.name}.conf`,
    mode: "0644",
    content: `${managedByLine}
connections {
  ${connection.name} {
    version = 2
    local_addrs = ${anyAddress[connection.family]}
    remote_addrs = ${remoteAddresses(connection)}
    local_port = ${connection.local.port}
    remote_port = ${connection.remote.port}
    encap = yes
    mobike = no
    unique = replace
    dpd_delay = 10s
    keyingtries = 0
    if_id_in = ${connection.ifId}
    if_id_out = ${connection.ifId}
    proposals = ${plan.ciphers.ike}
    local {
      auth = pubkey
      id = "${connection.local.identity}"
      pubkeys = 0s${keyOf(connection.local.node, keys)}
    }
    remote {
      auth = pubkey
      id = "${connection.remote.identity}"
      pubkeys = 0s${keyOf(connection.remote.node, keys)}
    }
    children {
      ${childName} {
        local_ts = 0.0.0.0/0,::/0
        remote_ts = 0.0.0.0/0,::/0
        esp_proposals = ${plan.ciphers.esp}
        replay_window = 1024
        start_action = ${connection.initiates ? "start" : "none"}
        close_action = ${connection.initiates ? "start" : "none"}
        dpd_action = ${connection.initiates ? "restart" : "clear"}
      }
    }
  }
}
`,
  }));
}

/** The first single address is dialled; the wildcard lets the peer come from another one, for the key says who it is and not the address. */
function remoteAddresses({ remote, family }: Connection): string {
  return remote.address === undefined ? anyAddress[family] : `${remote.address},${anyAddress[family]}`;
}

function keyOf(node: string, keys: PublicKeys): string {
  const key = keys[node];
  if (key === undefined) throw new Error(`no public key for node ${node}: the caller must hand on one for each node`);
  return key;
}
