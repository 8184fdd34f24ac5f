import type { Connection, NodePlan } from "../plan/plan";

/** How many link-local addresses a partner may have on a link at a time: one, and those of its last starts. */
const maxAddresses = 4;

/**
 * So many packets of babel's may a partner send: a hello and an update every few seconds is what it needs. With a new router id in each, which babeld remembers for
 * minutes and tells at once on all links, any more are a flood for the whole mesh.
 */
const [packetsPerSecond, burst] = [5, 20];

/**
 * babeld has a neighbour for each address that says hello, for minutes, and searches them all. A node that is not managed has link-local addresses of its own choice:
 * the first few that say hello on a link are the only ones that babeld hears of there, until they have been silent for five minutes.
 */
export function neighbourSets(node: NodePlan): string {
  return partners(node)
    .map(
      ({ name }) =>
        `  set ${setName(name)} {\n    type ipv6_addr\n    size ${maxAddresses}\n    flags dynamic,timeout\n    timeout 5m\n  }\n`,
    )
    .join("");
}

/** The rules for these sets, which come last in their chain: an address that finds no place in the set fails the first of the two. */
export function neighbours(node: NodePlan): string {
  return partners(node)
    .map(
      ({ name }) =>
        `    iifname "${name}" udp dport 6696 limit rate over ${packetsPerSecond}/second burst ${burst} packets drop\n    iifname "${name}" udp dport 6696 update @${setName(name)} { ip6 saddr } return\n    iifname "${name}" udp dport 6696 drop\n`,
    )
    .join("");
}

/** Links with nodes that are not managed. */
function partners({ connections }: NodePlan): readonly Connection[] {
  return connections.filter(({ remote }) => !remote.managed);
}

function setName(link: string): string {
  return `neighbours-${link}`;
}
