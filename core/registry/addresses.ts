import { Address4, Address6 } from "ip-address";
import type { AddressFamily } from "./registry";

/** One IP address. */
export interface IpAddress {
  readonly family: AddressFamily;
  readonly value: bigint;
  /** Canonical text: dotted decimal, or RFC 5952. */
  readonly text: string;
}

/** One IP network. */
export interface IpNetwork {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
  readonly length: number;
  /** Canonical CIDR text. */
  readonly text: string;
}

/** The one spelling of a host: an address in canonical form, a DNS name in lower case without the root's dot at its end. */
export function canonicalHost(text: string): string {
  return parseIpAddress(text)?.text ?? withoutRoot(text.toLowerCase());
}

/** A DNS name without the dot that stands for the root (RFC 1034, 3.1). */
export function withoutRoot(name: string): string {
  return name.replace(/\.$/, "");
}

/** What people call a family. */
export const familyNames: Readonly<Record<AddressFamily, string>> = { ip4: "IPv4", ip6: "IPv6" };

const familyBits: Readonly<Record<AddressFamily, number>> = { ip4: 32, ip6: 128 };

/** An IP literal, or undefined. Strict: no mask, no zone, no leading zeros, no IPv4 short forms. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (/[/%]/.test(text)) return undefined;
  if (Address4.isValid(text)) return addressFrom("ip4", new Address4(text).bigInt());
  if (Address6.isValid(text)) return addressFrom("ip6", new Address6(text).bigInt());
  return undefined;
}

/** A network in CIDR notation, or undefined. Host bits are cleared: compare `text` with the input to find out whether there were any. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [, addressText = "", lengthText = ""] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseIpAddress(addressText);
  const length = Number(lengthText);
  if (!address || length > familyBits[address.family]) return undefined;
  const size = 1n << BigInt(familyBits[address.family] - length);
  const first = address.value - (address.value % size);
  return {
    family: address.family,
    first,
    last: first + size - 1n,
    length,
    text: `${addressFrom(address.family, first).text}/${length}`,
  };
}

/** A network that is known to parse, as one written in the program is; throws on any other. */
export function networkOf(text: string): IpNetwork {
  const network = parseIpNetwork(text);
  if (!network) throw new Error(`${text} is not a network`);
  return network;
}

/** Whether the address lies in the network. */
export function contains(network: IpNetwork, address: IpAddress): boolean {
  return network.family === address.family && network.first <= address.value && address.value <= network.last;
}

/** Whether two networks share an address; of two CIDR networks that do, one holds the other. */
export function overlaps(a: IpNetwork, b: IpNetwork): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** How many addresses the network has. */
export function sizeOf(network: IpNetwork): bigint {
  return network.last - network.first + 1n;
}

/** A range that is no one's unicast address on a network (RFC 6890), with its name for messages. */
export interface ReservedRange {
  readonly name: string;
  readonly network: IpNetwork;
}

const reservedRanges: readonly ReservedRange[] = [
  { name: "unspecified", network: networkOf("0.0.0.0/8") },
  { name: "loopback", network: networkOf("127.0.0.0/8") },
  { name: "link-local", network: networkOf("169.254.0.0/16") },
  { name: "multicast", network: networkOf("224.0.0.0/4") },
  { name: "reserved", network: networkOf("240.0.0.0/4") },
  { name: "unspecified", network: networkOf("::/128") },
  { name: "loopback", network: networkOf("::1/128") },
  { name: "IPv4-mapped", network: networkOf("::ffff:0:0/96") },
  { name: "link-local", network: networkOf("fe80::/10") },
  { name: "multicast", network: networkOf("ff00::/8") },
];

/** The first reserved range that the address or network has a part in, if any. */
export function reservedRangeOf(thing: IpAddress | IpNetwork): ReservedRange | undefined {
  return reservedRanges.find(({ network }) => ("value" in thing ? contains(network, thing) : overlaps(network, thing)));
}

/** Whether a host that is named so is this computer, whichever that is (RFC 6761 section 6.3). */
export function isLoopbackHost(host: string): boolean {
  const address = parseIpAddress(host);
  return host === "localhost" || (address !== undefined && reservedRangeOf(address)?.name === "loopback");
}

const privateRanges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map(networkOf);

/** Whether others may have the address too, each on a network of their own (RFC 1918, RFC 6598, RFC 4193). */
export function isPrivate(address: IpAddress): boolean {
  return privateRanges.some((network) => contains(network, address));
}

/** Whether all of the network is private address space. */
export function isPrivateNetwork({ family, first, last }: IpNetwork): boolean {
  return privateRanges.some((range) => range.family === family && range.first <= first && last <= range.last);
}

function addressFrom(family: AddressFamily, value: bigint): IpAddress {
  const text = family === "ip4" ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
  return { family, value, text };
}
