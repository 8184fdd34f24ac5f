import type { TestMesh } from "../testMesh";
import { places, type Placed } from "./places";

/** A network behind a node, as the first parts of its addresses: a /24 and a /64. */
export interface Network {
  readonly ip4: string;
  readonly ip6: string;
}

/** How an administrator brings an interface to where the node has the overlay. */
const bringIn = { none: "up", vrf: "master fullmesh", netns: "netns fullmesh" } as const;

/**
 * Makes a network behind a node, with one host in it, which is a network namespace of the node: the node has the network's address 1 on interface NAME0, the host
 * has 2, and the node forwards for it.
 *
 * @param name of the host's namespace, at most 14 characters
 */
export async function makeNetworkBehind(mesh: TestMesh, node: Placed, name: string, network: Network): Promise<void> {
  const place = places[node];
  const inside = place === "netns" ? "ip netns exec fullmesh " : "";
  const within = `${inside}ip`;
  const { ip4, ip6 } = network;
  await mesh.on(
    node,
    `ip netns add ${name}; ip link add ${name}0 type veth peer name eth0 netns ${name}; ip link set ${name}0 ${bringIn[place]}
    ${within} link set ${name}0 up; ${within} address add ${ip4}.1/24 dev ${name}0; ${within} address add ${ip6}:1/64 dev ${name}0 nodad
    ${inside}sysctl -q net.ipv4.conf.${name}0.forwarding=1${place === "vrf" ? " net.ipv6.conf.all.forwarding=1" : ""}
    ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
    ip -n ${name} address add ${ip4}.2/24 dev eth0; ip -n ${name} address add ${ip6}:2/64 dev eth0 nodad
    ip -n ${name} route add default via ${ip4}.1; ip -n ${name} route add default via ${ip6}:1`,
  );
}
