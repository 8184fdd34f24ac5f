import { Address4, Address6 } from "ip-address";
import type { AddressFamily } from "../registry/registry";
import type { MeshPlan, OverlayNetworks } from "../plan/plan";

/** Seconds for which a resolver may keep a name. A node's address is for ever, but names come and go with nodes. */
const timeToLiveSeconds = 300;

/** The part of the DNS that a zone file is for: the names, or the addresses of one family. */
export type ZonePart = "names" | AddressFamily;

/**
 * Records of a zone in the format of RFC 1035, 5, with an $ORIGIN of their own and without SOA and NS, which are the operator's: for $INCLUDE in his zone.
 *
 * @param part A and AAAA of the domain, or the PTRs of one of the overlay's networks, which belong to another zone
 */
export function zoneRecords({ nodes, overlay }: MeshPlan, domain: string, part: ZonePart): readonly string[] {
  const record = (name: string, type: string, data: string): string =>
    `${name} ${timeToLiveSeconds} IN ${type} ${data}`;
  if (part === "names") {
    const records = nodes.flatMap(({ name, overlay: { ipv4, ipv6 } }) => [
      record(name, "A", ipv4),
      record(name, "AAAA", ipv6),
    ]);
    return [`$ORIGIN ${domain}.`, ...records];
  }
  const zone = reverseZone(overlay, part);
  const pointers = nodes.map(({ name, overlay: addresses }) => {
    const labels = labelsOf(part, part === "ip4" ? addresses.ipv4 : addresses.ipv6);
    return record(labels.slice(0, -zone.labels).join("."), "PTR", `${name}.${domain}.`);
  });
  return [`$ORIGIN ${zone.name}.`, ...pointers];
}

/** Below in-addr.arpa (RFC 1035, 3.5) or ip6.arpa (RFC 3596, 2.5). */
interface ReverseZone {
  /** Without the root's dot. */
  readonly name: string;
  /** How many labels of an address are in the name. */
  readonly labels: number;
}

/** The smallest reverse zone that holds an overlay network: zones are cut at octets and nibbles. */
export function reverseZone({ ipv4, ipv6 }: OverlayNetworks, family: AddressFamily): ReverseZone {
  const [network = "", length = ""] = (family === "ip4" ? ipv4 : ipv6).split("/");
  const labels = Math.floor(Number(length) / bitsOfLabel[family]);
  const top = family === "ip4" ? "in-addr.arpa" : "ip6.arpa";
  return { name: [...labelsOf(family, network).slice(-labels), top].join("."), labels };
}

const bitsOfLabel: Readonly<Record<AddressFamily, number>> = { ip4: 8, ip6: 4 };

/** An address as labels, that of its last bits first: octets in decimal, nibbles in hexadecimal. */
function labelsOf(family: AddressFamily, address: string): readonly string[] {
  const parsed = family === "ip4" ? new Address4(address) : new Address6(address);
  return parsed.reverseForm({ omitSuffix: true }).split(".");
}
