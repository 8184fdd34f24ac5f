import type { HostNames } from "./hostNames";

/** Lines of hosts(5): two for each node that has a name, for its IPv4 and its IPv6 address. */
export function hostsLines(hosts: ReadonlyMap<string, HostNames>): readonly string[] {
  return [...hosts.values()].flatMap(({ names, ipv4, ipv6 }) =>
    names.length === 0 ? [] : [ipv4, ipv6].map((address) => [address, ...names].join(" ")),
  );
}
