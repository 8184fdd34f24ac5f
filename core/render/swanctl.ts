import type { Connection, LinkEnd, MeshPlan, NodePlan } from "../plan/plan";
import { anyPpkId, ppkIdBy } from "../plan/ppk";
import type { PublicKey } from "../registry/publicKey";
import type { AddressFamily } from "../registry/registry";
import { charonName } from "./charonName";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { markText } from "./uplinks";

/** Public keys by node name, the one in use first, then those that peers accept, too. */
export type PublicKeys = Readonly<Record<string, readonly PublicKey[]>>;

/** Name of the one CHILD_SA of each connection. */
export const childName = "overlay";

/**
 * So many packets either way, and keys are renewed, or up to a tenth sooner (swanctl.conf(5), rekey_packets). The 32 bits in which packets are counted must not run out
 * (RFC 4303 section 3.3.3), and at a million a second they would before the hour after which keys are renewed anyway.
 */
const rekeyPackets = 2_000_000_000;

/** What every address of a family matches. */
export const anyAddress: Readonly<Record<AddressFamily, string>> = { ip4: "0.0.0.0/0", ip6: "::/0" };

/**
 * What all connections of a node have in common, for the connections to refer to (swanctl.conf(5), "References to other sections"). It stands once, so that a
 * change of it is read once in a review. charon is not concerned: swanctl resolves the references.
 *
 * start_action is none, for with another charon would end what runs when the connection is loaded with other settings: the script `dial` begins what is to
 * be there, and makes anew what is to change, without a gap.
 */
export function swanctlTemplates(plan: MeshPlan, node: NodePlan, keys: PublicKeys): HostFile {
  return {
    path: hostPaths.swanctlTemplates,
    mode: "0644",
    content: `${managedByLine}
fullmesh {
  version = 2
  encap = yes
  mobike = no
  unique = replace
  dpd_delay = 10s
  keyingtries = 0
  proposals = ${plan.ciphers.ike}
  local {
    auth = pubkey
    pubkeys = 0s${keyInUse(node.name, keys)}
  }
  remote {
    auth = pubkey
  }
  children {
    ${childName} {
      local_ts = 0.0.0.0/0,::/0
      remote_ts = 0.0.0.0/0,::/0
      esp_proposals = ${plan.ciphers.esp}
      replay_window = 1024
      rekey_packets = ${rekeyPackets}
      start_action = none
    }
  }
}
fullmesh-dials : fullmesh {
  children {
    ${childName} {
      close_action = start
      dpd_action = restart
    }
  }
}
fullmesh-answers : fullmesh {
  children {
    ${childName} {
      close_action = none
      dpd_action = clear
    }
  }
}
`,
  };
}

/**
 * One file a connection, so that a change of one peer is a change of one file: what is common to all that charon has of it, and a section for each key of the peer that
 * is accepted, the one in use first. It names both ends of the path: a link is re-established by the initiator, and so that side's file must differ where the
 * other's does.
 */
export function swanctlConnections(plan: MeshPlan, node: NodePlan, keys: PublicKeys): readonly HostFile[] {
  // That line may be reworded.
  const common = swanctlTemplates(plan, node, keys).content.replace(managedByLine, "");
  return node.connections.map((connection) => {
    const settings = connectionSettings(plan, connection);
    const accepted = keysOf(connection.remote.node, keys).map((key) =>
      acceptedKey(connection.name, key, `${common}${settings}`),
    );
    return {
      path: `${hostPaths.swanctlConnections}/${connection.name}.conf`,
      mode: "0644",
      content: `${managedByLine}\n${settings}connections {\n${accepted.join("")}}\n`,
    };
  });
}

function connectionSettings(plan: MeshPlan, connection: Connection): string {
  return `# ${underlay(connection.local)} -> ${underlay(connection.remote)}
${connection.name} : ${connection.initiates ? "fullmesh-dials" : "fullmesh-answers"} {
  local_addrs = ${connection.uplink?.source ?? anyAddress[connection.family]}
  remote_addrs = ${remoteAddresses(connection)}
  local_port = ${connection.local.port}
  remote_port = ${connection.remote.port}
  if_id_in = ${connection.ifId}
  if_id_out = ${connection.ifId}
${postQuantum(plan, connection)}  local {
    id = "${connection.local.identity}"
  }
  remote {
    id = "${connection.remote.identity}"
  }
${childSettings(plan, connection)}}
`;
}

/** charon takes the first of the sections whose key the peer proves to have. */
function acceptedKey(connection: string, key: PublicKey, settings: string): string {
  return `  ${charonName(connection, key, settings)} : ${connection} {
    remote {
      pubkeys = 0s${key}
    }
  }
`;
}

/** No words: the text is part of the connection's digest, and a link is re-established when it changes. */
function underlay({ address, dnsName, port }: LinkEnd): string {
  const host = address ?? dnsName ?? "*";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The key itself is not here: the script `key` writes it, for this is plain. Which of the pair's keys is taken, the initiator says; the responder takes each that it
 * has, so that its file is the same whichever is in use.
 */
function postQuantum({ secrets }: MeshPlan, { ppkId, initiates }: Connection): string {
  if (ppkId === undefined) return "";
  const [used = 1] = secrets;
  return `  ppk_id = ${initiates ? ppkIdBy(used, ppkId) : anyPpkId(ppkId)}\n  ppk_required = yes\n`;
}

/** What the child has of its own, besides what the template has. */
function childSettings({ ciphers }: MeshPlan, { uplink, espProposals }: Connection): string {
  const lines = [
    ...(uplink === undefined ? [] : [`set_mark_out = ${markText(uplink.mark)}`]),
    ...(espProposals === ciphers.esp ? [] : [`esp_proposals = ${espProposals}`]),
  ];
  if (lines.length === 0) return "";
  return `  children {
    ${childName} {
${lines.map((line) => `      ${line}\n`).join("")}    }
  }
`;
}

/**
 * The first single address is dialled; the wildcard lets the peer come from another one, for the key says who it is and not the address. A DNS name is not for
 * charon, which would wait for the resolver whenever any peer dials in: the script `names` looks it up, and puts the address before the wildcard.
 */
function remoteAddresses({ remote, family }: Connection): string {
  return remote.address === undefined ? anyAddress[family] : `${remote.address},${anyAddress[family]}`;
}

/** 44 bytes. */
const isBase64OfKey = /^[A-Za-z0-9+/]{59}=$/;

/** A node uses one of its keys. */
function keyInUse(node: string, keys: PublicKeys): PublicKey {
  const [used] = keysOf(node, keys);
  if (used === undefined) throw new Error(`node ${node} has no public key in use`);
  return used;
}

function keysOf(node: string, keys: PublicKeys): readonly PublicKey[] {
  const ofNode = keys[node];
  if (ofNode === undefined)
    throw new Error(`no public key for node ${node}: the caller must hand on one for each node`);
  // swanctl's files need no white space between what they say: a text that is no key could say anything.
  if (!ofNode.every((key) => isBase64OfKey.test(key))) throw new Error(`a public key of ${node} is none`);
  return ofNode;
}
