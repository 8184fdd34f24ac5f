import type { ManagedNode, MeshPlan } from "../plan/plan";
import type { FilterTable } from "./filterRules";
import { packetEnds, type KnownPacket } from "./filterVerdict";

/**
 * What a firewall of the host's own drops of the mesh's traffic, with the chain that does it and the line that helps. Only what is sure: a rule that may let it
 * through is taken to do so.
 */
export function blockedTraffic(
  { overlay }: Pick<MeshPlan, "overlay">,
  node: ManagedNode,
  tables: readonly FilterTable[],
): readonly string[] {
  const all = trafficOf(overlay, node);
  return all.flatMap((traffic) => tables.flatMap((table) => blockedBy(table, traffic)));
}

interface Traffic {
  readonly what: string;
  readonly hook: "forward" | "input";
  readonly family: "ip" | "ip6";
  readonly packet: KnownPacket;
  /** The line that helps, by who made the rules. */
  readonly fixes: Readonly<Record<Owner, string>>;
}

/** Who made a table. */
type Owner = "ufw" | "docker" | "firewalld" | "iptables" | "nft";

const names: Readonly<Record<Owner, string>> = {
  ufw: ", of ufw",
  docker: ", of Docker",
  firewalld: ", of firewalld",
  iptables: "",
  nft: "",
};

/** The port, where a peer begins; and beside the host's own network what goes by links. */
function trafficOf(overlay: MeshPlan["overlay"], node: ManagedNode): readonly Traffic[] {
  const families = [...new Set(node.connections.flatMap(({ initiates, family }) => (initiates ? [] : [family])))];
  const port = families.map((family) => portTraffic(node.port, family === "ip4" ? "ip" : "ip6"));
  if (node.isolation !== "none") return port;
  return [...port, babelTraffic, ...(node.relays ? [relayed("ip", overlay.ipv4), relayed("ip6", overlay.ipv6)] : [])];
}

/** A packet of no connection that is known. */
function newPacket(family: "ip" | "ip6", protocol: "tcp" | "udp", fields: KnownPacket["fields"]): KnownPacket {
  const ofFamily =
    family === "ip"
      ? { "meta nfproto": "ipv4", "ip protocol": protocol }
      : { "meta nfproto": "ipv6", "ip6 nexthdr": protocol };
  return {
    fields: { ...ofFamily, "meta l4proto": protocol, "ct state": "new", "ct status": "none", ...fields },
    lacks: ["icmp", "icmpv6", family === "ip" ? "ip6" : "ip", protocol === "tcp" ? "udp" : "tcp"],
  };
}

function relayed(family: "ip" | "ip6", network: string): Traffic {
  const iptables = family === "ip" ? "iptables" : "ip6tables";
  return {
    what: `${family === "ip" ? "IPv4" : "IPv6"} packets that this node forwards from link to link`,
    hook: "forward",
    family,
    packet: newPacket(family, "tcp", {
      iifname: "fm*",
      oifname: "fm*",
      iif: "fm*",
      oif: "fm*",
      "tcp dport": "any",
      "tcp sport": "any",
      [`${family} saddr`]: network,
      [`${family} daddr`]: network,
      "fib daddr type": "unicast",
    }),
    fixes: {
      docker: `${iptables} -I DOCKER-USER -i fm+ -o fm+ -j ACCEPT (at each boot, after Docker's start)`,
      ufw: "ufw route allow in on fm+ out on fm+",
      firewalld: trustLinks,
      iptables: `${iptables} -I FORWARD -i fm+ -o fm+ -j ACCEPT (and where these rules are kept)`,
      nft: 'add `iifname "fm*" oifname "fm*" accept` to that chain, before what drops',
    },
  };
}

const trustLinks = "firewall-cmd --permanent --zone=trusted --add-interface=fm+ && firewall-cmd --reload";

const babelTraffic: Traffic = {
  what: "babel's packets from its peers (UDP port 6696)",
  hook: "input",
  family: "ip6",
  packet: newPacket("ip6", "udp", {
    iifname: "fm*",
    iif: "fm*",
    "udp dport": "6696",
    "udp sport": "6696",
    "ip6 saddr": "fe80::/10",
    "ip6 daddr": "ff02::1:6/128",
    "fib daddr type": "multicast",
  }),
  fixes: inputFixes("-i fm+ -p udp --dport 6696", 'iifname "fm*" udp dport 6696', "ip6tables", {
    ufw: "ufw allow in on fm+ to any port 6696 proto udp",
    firewalld: trustLinks,
  }),
};

function portTraffic(port: number, family: "ip" | "ip6"): Traffic {
  return {
    what: `${family === "ip" ? "IPv4" : "IPv6"} packets from its peers (UDP port ${port})`,
    hook: "input",
    family,
    packet: newPacket(family, "udp", {
      iifname: "uplink",
      iif: "uplink",
      "udp dport": `${port}`,
      "fib daddr type": "local",
    }),
    fixes: inputFixes(`-p udp --dport ${port}`, `udp dport ${port}`, family === "ip" ? "iptables" : "ip6tables", {
      ufw: `ufw allow ${port}/udp`,
      firewalld: `firewall-cmd --permanent --add-port=${port}/udp && firewall-cmd --reload`,
    }),
  };
}

function inputFixes(
  match: string,
  nft: string,
  program: "iptables" | "ip6tables",
  others: Readonly<Record<"ufw" | "firewalld", string>>,
): Traffic["fixes"] {
  const iptables = `${program} -I INPUT ${match} -j ACCEPT (and where these rules are kept)`;
  return { ...others, docker: iptables, iptables, nft: `add \`${nft} accept\` to that chain, before what drops` };
}

function blockedBy(table: FilterTable, { what, hook, family, packet, fixes }: Traffic): readonly string[] {
  if (table.family !== family && table.family !== "inet") return [];
  const endIn = packetEnds(table, packet);
  const drops = [...table.chains.values()].filter((chain) => chain.hook === hook).map(endIn);
  const drop = drops.find((end) => end.kind === "drop");
  if (drop === undefined) return [];
  const owner = ownerOf(table);
  const where = `nftables chain ${table.family} ${table.name} ${drop.chain} (${drop.byPolicy ? "its policy" : "a rule of it"}${names[owner]})`;
  return [`${what} are dropped by the ${where}\nfix: ${fixes[owner]}`];
}

/** By their chains, for ufw and Docker write into the table that iptables has. */
function ownerOf({ family, name, chains }: FilterTable): Owner {
  const has = (pattern: RegExp): boolean => [...chains.keys()].some((chain) => pattern.test(chain));
  if (name === "firewalld") return "firewalld";
  if (has(/^ufw6?-/)) return "ufw";
  if (has(/^DOCKER-USER$/)) return "docker";
  return name === "filter" && family !== "inet" && has(/^(INPUT|FORWARD)$/) ? "iptables" : "nft";
}
