import type { Connection, ManagedNode, MeshPlan, NodePlan } from "../../core/plan/plan";

/** What `observe` would print on a node of a mesh that is well: as much as on a real one, with a route of babel's for each node that each neighbour tells of. */
export function simulatedAnswer(plan: MeshPlan, node: ManagedNode): string {
  const peers = plan.nodes.filter(({ name }) => name !== node.name);
  const byName = new Map(plan.nodes.map((each) => [each.name, each]));
  const told = node.connections.flatMap((connection) => {
    const peer = byName.get(connection.remote.node);
    return peer === undefined ? [] : routesTold(connection, peer, peers);
  });
  const sections: Readonly<Record<string, string>> = {
    os: 'ID=debian\nVERSION_ID="12"',
    clock: "1795470917",
    bundle: `1795460000\n${"0123456789abcdef".repeat(4)}  /var/lib/fullmesh/good`,
    services: ["strongswan", "fullmesh-babeld", "fullmesh-links", "fullmesh-firewall"]
      .map((unit) => `NRestarts=0\nId=${unit}.service\nLoadState=loaded\nActiveState=active\n`)
      .join("\n"),
    off: "",
    rules: "",
    deviations: "",
    ports: "",
    filters: "",
    sas: [...node.connections.map(association), "list-sas reply {}"].join("\n"),
    conns: node.connections.map(({ name }) => `list-conn event {${name} {version=IKEv2}}`).join("\n"),
    names: "",
    babel: [...node.connections.map(neighbour), ...told].join("\n"),
    links: JSON.stringify(node.connections.map(ipLink)),
    routes4: JSON.stringify(node.connections.map((connection) => ipRoute(connection, byName, "ipv4"))),
    routes6: JSON.stringify(node.connections.map((connection) => ipRoute(connection, byName, "ipv6"))),
  };
  return Object.entries(sections)
    .map(([name, text]) => `\n== ${name}\n${text}\n`)
    .join("");
}

function association({ name, ifId, remote }: Connection): string {
  const id = ifId.toString(16).padStart(8, "0");
  return `list-sa event {${name}_0f8c3a52_9d41e07b {uniqueid=${ifId} version=2 state=ESTABLISHED remote-host=${remote.address ?? ""} remote-port=4500 remote-id=${remote.identity} established=192 rekey-time=13808 child-sas {overlay-1 {name=overlay uniqueid=${ifId} reqid=1 state=INSTALLED mode=TUNNEL protocol=ESP if-id-in=${id} if-id-out=${id} encr-alg=AES_GCM_16 encr-keysize=256 bytes-in=18432 packets-in=160 bytes-out=1310720 packets-out=164 rekey-time=3302 life-time=3768 install-time=192}}}}`;
}

function neighbour({ name, remote, ifId }: Connection): string {
  return `add neighbour 55d0c8f0${ifId.toString(16)} address ${remote.linkLocal} if ${name} reach ffff ureach 0000 rxcost 96 txcost 96 rtt 80.412 rttcost 281 cost 377`;
}

function routesTold({ name, remote }: Connection, peer: NodePlan, peers: readonly NodePlan[]): readonly string[] {
  return (peer.relays ? peers : [peer]).flatMap((to) =>
    [`${to.overlay.ipv4}/32`, `${to.overlay.ipv6}/128`].map(
      (prefix) =>
        `add route 55d0c8f00b10 prefix ${prefix} from ::/0 installed ${to === peer ? "yes" : "no"} id 0e:3c:02:ff:fe:00:00:01 metric 377 refmetric 0 via ${remote.linkLocal} if ${name}`,
    ),
  );
}

function ipLink({ name, ifId, mtuBytes }: Connection): object {
  const stats = { bytes: 123456, packets: 789, errors: 0, dropped: 0 };
  const linkinfo = { info_kind: "xfrm", info_data: { if_id: `0x${ifId.toString(16)}` } };
  return { ifname: name, flags: ["NOARP", "UP"], mtu: mtuBytes, linkinfo, stats64: { rx: stats, tx: stats } };
}

function ipRoute({ name, remote }: Connection, byName: ReadonlyMap<string, NodePlan>, family: "ipv4" | "ipv6"): object {
  return { dst: byName.get(remote.node)?.overlay[family], dev: name, flags: ["onlink"] };
}
