import type { Connection, ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import { underlayPacketBytes } from "../plan/mtu";
import { networkOf, parseIpAddress } from "../registry/addresses";
import type { AddressFamily } from "../registry/registry";
import { unusedIkePort } from "./charon";

/**
 * What holds of the network that carries the links (ICMP: RFC 792, RFC 4443).
 *
 * - ICMP that says a path carries less than the plan does is dropped, where it is about a peer, or about the node's UDP port. Whoever knows two addresses can send
 *   it from anywhere, the kernel believes it for ten minutes, and by a path of 552 bytes no inner IPv6 goes at all. `verify` has seen that the paths carry what the
 *   plan says; ICMP about all else passes. The packet that it quotes is looked at: its destination, or its protocol and source port. Headers that no packet of ours
 *   has, which would move these, are dropped.
 *   Where nothing on the host puts fragments together before this, the quoted packet may be in another one than the message: ICMP of these kinds is at most 576 and
 *   1280 bytes long (RFC 1812 section 4.3.2.3, RFC 4443 section 2.4), so nobody needs it in fragments.
 * - So is IPv4's about a path inside the mesh, which would narrow the route over a link: each link carries 1280 bytes. IPv6 knows no smaller path. About networks behind
 *   nodes it is the gateway's to say, by a link.
 * - babeld has one socket for all interfaces, beside the host's own network as well; nobody but a peer has a word for it.
 * - charon also serves the IKE port without encapsulation, which it cannot be told to leave alone. Nobody gets there.
 */
export function underlayRules(plan: MeshPlan, node: ManagedNode): string {
  return `  chain narrow-ip4 {
${narrowToPeers(node, "ip4")}${narrowInMesh(plan, node)}    @th,136,8 ${udp} @th,64,8 != 0x45 drop
${narrowByPort(node, "ip4", (bytes) => [`@th,136,8 ${udp} @th,224,16 ${node.port} icmp mtu < ${bytes}`])}  }
  chain narrow-ip6 {
${narrowToPeers(node, "ip6")}    @th,112,8 { ${optionHeaders} } drop
    @th,112,8 ${fragment} @th,384,8 { ${optionHeaders}, ${fragment} } drop
${narrowByPort(node, "ip6", (bytes) => [
  `@th,112,8 ${udp} @th,384,16 ${node.port} icmpv6 mtu < ${bytes}`,
  `@th,112,8 ${fragment} @th,384,8 ${udp} @th,448,16 ${node.port} icmpv6 mtu < ${bytes}`,
])}  }
  chain underlay {
    type filter hook prerouting priority raw
    ip frag-off & 0x3fff != 0 icmp type destination-unreachable drop
    exthdr frag exists icmpv6 type packet-too-big drop
    icmp type destination-unreachable icmp code frag-needed jump narrow-ip4
    icmpv6 type packet-too-big jump narrow-ip6
    udp dport ${unusedIkePort(node)} fib daddr type local drop
${node.isolation === "none" ? `    iifname != "fm*" udp dport ${babelPort} fib daddr type { local, multicast } drop\n` : ""}  }
`;
}

/** RFC 8966 section 4. */
const babelPort = 6696;

/** What each link carries: no smaller path is let into the registry (RFC 8200 section 5). */
const minLinkBytes = 1280;

function narrowInMesh({ overlay, nodes }: MeshPlan, node: ManagedNode): string {
  const behind = nodes.filter(({ id }) => id !== node.id).flatMap(({ prefixes }) => prefixes);
  const drop = (network: string, where: string): string => {
    const { first, length } = networkOf(network);
    const mask = (0xffffffffn << BigInt(32 - length)) & 0xffffffffn;
    const inHex = (value: bigint): string => `0x${value.toString(16).padStart(8, "0")}`;
    return `    ${where}${destination.ip4} & ${inHex(mask)} == ${inHex(first)} icmp mtu < ${minLinkBytes} drop # ${network}\n`;
  };
  const prefixes = behind.filter((prefix) => !prefix.includes(":"));
  return [drop(overlay.ipv4, ""), ...prefixes.map((prefix) => drop(prefix, 'iifname != "fm*" '))].join("");
}

/** Protocol numbers (IANA): of UDP, of the fragment header, and of hop-by-hop options, routing and destination options. */
const [udp, fragment, optionHeaders] = ["17", "44", "0, 43, 60"];

const messages = { ip4: "icmp", ip6: "icmpv6" } as const;

/** Where a message quotes the packet's destination: offset and length in bits, in the ICMP message. */
const destination = { ip4: "@th,192,32", ip6: "@th,256,128" } as const;

/** For each size of packets, the peers whose paths carry it, a line a peer. */
function narrowToPeers({ connections }: NodePlan, family: AddressFamily): string {
  const peers = connections.filter((connection) => connection.family === family);
  const sizes = [...new Set(peers.map(underlayPacketBytes))].sort((a, b) => a - b);
  return sizes
    .map((bytes) =>
      narrowTo(
        peers.filter((peer) => underlayPacketBytes(peer) === bytes),
        bytes,
        family,
      ),
    )
    .join("");
}

function narrowTo(peers: readonly Connection[], bytes: number, family: AddressFamily): string {
  const lines = new Set(
    peers.flatMap(({ remote }) =>
      remote.address === undefined
        ? []
        : [`      ${inHex(remote.address, family)}, # ${remote.node} ${remote.address}\n`],
    ),
  );
  if (lines.size === 0) return "";
  return `    ${destination[family]} {\n${[...lines].join("")}    } ${messages[family]} mtu < ${bytes} drop\n`;
}

/** For peers whose address is not known beforehand: less than any path of the family carries. */
function narrowByPort(
  { connections }: NodePlan,
  family: AddressFamily,
  matches: (bytes: number) => readonly string[],
): string {
  const sizes = connections.filter((connection) => connection.family === family).map(underlayPacketBytes);
  if (sizes.length === 0) return "";
  return matches(Math.min(...sizes))
    .map((match) => `    ${match} drop\n`)
    .join("");
}

/** What was worked out before: each peer of an address needs it. */
const hexadecimals = new Map<string, string>();

function inHex(address: string, family: AddressFamily): string {
  const known = hexadecimals.get(address) ?? hexadecimal(address, family);
  hexadecimals.set(address, known);
  return known;
}

function hexadecimal(address: string, family: AddressFamily): string {
  const value = parseIpAddress(address)?.value;
  if (value === undefined) throw new Error(`${address} is no address; the registry lets none through`);
  return `0x${value.toString(16).padStart(family === "ip4" ? 8 : 32, "0")}`;
}
