import { parseIpAddress, parseIpNetwork, withoutRoot } from "./addresses";

/** The forms of words in node files, each with its one home here. */

/** Lower-case DNS label (RFC 1035): starts with a letter, since names of interfaces and connections are made of it. */
export const nodeNamePattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** As a DNS label, but may start with a digit. */
export const tagPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Organizations and names in them. Goes into IKE identities: no character that strongSwan or a shell would read in its own way. */
export const identityPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})$/;

/** Completes "must be ..." for what goes into IKE identities. */
export const identityText = "1 to 63 letters, digits, dots, dashes and underscores, with a letter or digit first";

/** A login name. Never begins with "-", which ssh would read as an option. */
export const userPattern = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;

const hostLabelPattern = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** An IP literal or a DNS name, which may end in the root's dot. Digits and dots alone are an IPv4 address or a mistake. */
export function isHost(text: string): boolean {
  if (parseIpAddress(text)) return true;
  const name = withoutRoot(text);
  const labels = name.split(".");
  return (
    name.length <= 253 && labels.every((label) => hostLabelPattern.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

/** Octets of a domain that leave room for any node's name and a dot before it: a DNS name has 253 at most (RFC 1035, 2.3.4). */
const maxDomainLength = 253 - 63 - 1;

/** Domains that resolvers do not look up as others: of the host itself (RFC 6761), and of multicast DNS (RFC 6762). */
const domainsApart = ["localhost", "local"];

/** Why nodes cannot have names in a domain; undefined where they can. Completes "but "..." ...". */
export function domainFault(text: string): string | undefined {
  const name = withoutRoot(text.toLowerCase());
  if (parseIpAddress(text) !== undefined || !isHost(text)) return "is no DNS name";
  if (name.length > maxDomainLength)
    return `is longer than ${maxDomainLength} characters, and leaves no room for a node's name`;
  const apart = domainsApart.find((top) => name === top || name.endsWith(`.${top}`));
  return apart === undefined ? undefined : `is below ${apart}, which resolvers do not ask a DNS server for`;
}

/** An IP literal of either family, or a DNS name that means the same on every node: one with a dot. */
export function isPublicHost(text: string): boolean {
  return parseIpAddress(text) !== undefined || (isHost(text) && withoutRoot(text).includes("."));
}

/** An IP literal of either family. */
export function isIpAddress(text: string): boolean {
  return parseIpAddress(text) !== undefined;
}

/** What Linux takes for a network interface's name, less what would need quotes. Source: dev_valid_name in net/core/dev.c */
export const interfacePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;

/** CIDR notation, host bits or not: the rule on host bits has a message of its own. */
export function isIpNetwork(text: string): boolean {
  return parseIpNetwork(text) !== undefined;
}
