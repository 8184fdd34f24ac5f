import type { LinkEnd } from "../plan/plan";

/** Where a node is on the underlay: address or DNS name, and port. `*` for an address that is not known beforehand. */
export function describeUnderlay({ address, dnsName, port }: Pick<LinkEnd, "address" | "dnsName" | "port">): string {
  const host = address ?? dnsName ?? "*";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
