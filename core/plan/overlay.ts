import { Address4, Address6 } from "ip-address";

/** The overlay IPv4 address of the node with this id: network address plus id. The registry has checked that it fits. */
export function overlayIpv4(network: string, nodeId: number): string {
  return Address4.fromBigInt(new Address4(network).startAddress().bigInt() + BigInt(nodeId)).correctForm();
}

/** The overlay IPv6 address of the node with this id: network address plus id. */
export function overlayIpv6(network: string, nodeId: number): string {
  return Address6.fromBigInt(new Address6(network).startAddress().bigInt() + BigInt(nodeId)).correctForm();
}

/**
 * The node's fe80 address, the same on all its links, since each link is a network of its own. Set by us, because the kernel's own is new
 * at every creation of the interface, and is missing on some systems, where babeld then stays silent.
 */
export function linkLocalAddress(nodeId: number): string {
  return `fe80::${nodeId.toString(16)}`;
}
