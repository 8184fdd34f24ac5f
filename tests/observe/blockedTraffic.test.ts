import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blockedTraffic } from "../../core/observe/blockedTraffic";
import { parseFilterTables } from "../../core/observe/filterRules";
import { managedNodes } from "../../core/plan/managed";
import type { ManagedNode } from "../../core/plan/plan";
import { fixture, healthWith, plan } from "./threeNodes";

/** Of nyc1, to which fra1 initiates. */
const nyc1 = managedNodes(plan).find(({ name }) => name === "nyc1");

/** What `nft list ruleset` prints where these tools have written their rules. */
function ruleset(tool: "docker" | "ufw" | "firewalld"): string {
  return readFileSync(join(__dirname, "rulesets", `${tool}.txt`), "utf8");
}

function blocked(rules: string, changes: Partial<ManagedNode> = {}): readonly string[] {
  if (nyc1 === undefined) throw new Error("nyc1 is not managed");
  return blockedTraffic(plan, { ...nyc1, ...changes }, parseFilterTables(rules.split("\n")));
}

const forwarded = (family: string): string => `${family} packets that this node forwards from link to link`;
const fromPeers = "IPv4 packets from its peers (UDP port 4500)";
const babel = "babel's packets from its peers (UDP port 6696)";

test("Docker's policy of the chain FORWARD", () => {
  expect(blocked(ruleset("docker"))).toEqual([
    `${forwarded("IPv4")} are dropped by the nftables chain ip filter FORWARD (its policy, of Docker)\nfix: iptables -I DOCKER-USER -i fm+ -o fm+ -j ACCEPT (at each boot, after Docker's start)`,
  ]);
});

test("ufw, which denies what comes in and what is routed", () => {
  expect(blocked(ruleset("ufw"))).toEqual([
    `${fromPeers} are dropped by the nftables chain ip filter INPUT (its policy, of ufw)\nfix: ufw allow 4500/udp`,
    `${babel} are dropped by the nftables chain ip6 filter INPUT (its policy, of ufw)\nfix: ufw allow in on fm+ to any port 6696 proto udp`,
    `${forwarded("IPv4")} are dropped by the nftables chain ip filter FORWARD (its policy, of ufw)\nfix: ufw route allow in on fm+ out on fm+`,
    `${forwarded("IPv6")} are dropped by the nftables chain ip6 filter FORWARD (its policy, of ufw)\nfix: ufw route allow in on fm+ out on fm+`,
  ]);
});

test("firewalld's zone public", () => {
  const trust = "firewall-cmd --permanent --zone=trusted --add-interface=fm+ && firewall-cmd --reload";
  const by = (chain: string): string =>
    `are dropped by the nftables chain inet firewalld ${chain} (a rule of it, of firewalld)`;
  expect(blocked(ruleset("firewalld"))).toEqual([
    `${fromPeers} ${by("filter_IN_public")}\nfix: firewall-cmd --permanent --add-port=4500/udp && firewall-cmd --reload`,
    `${babel} ${by("filter_IN_public")}\nfix: ${trust}`,
    `${forwarded("IPv4")} ${by("filter_FWD_public")}\nfix: ${trust}`,
    `${forwarded("IPv6")} ${by("filter_FWD_public")}\nfix: ${trust}`,
  ]);
});

/** A ruleset with a rule at the beginning of a chain. */
function withRule(rules: string, chain: string, rule: string): string {
  const changed = rules.replaceAll(`\tchain ${chain} {\n`, `\tchain ${chain} {\n\t\t${rule}\n`);
  if (changed === rules) throw new Error(`there is no chain ${chain}`);
  return changed;
}

test("what the line that helps makes of it", () => {
  const counter = "counter packets 0 bytes 0";
  const docker = withRule(ruleset("docker"), "DOCKER-USER", `iifname "fm*" oifname "fm*" ${counter} accept`);
  expect(blocked(docker)).toEqual([]);
  let ufw = withRule(ruleset("ufw"), "ufw-user-input", `udp dport 4500 ${counter} accept`);
  for (const family of ["", "6"])
    ufw = withRule(ufw, `ufw${family}-user-forward`, `iifname "fm*" oifname "fm*" ${counter} accept`);
  expect(blocked(withRule(ufw, "ufw6-user-input", `iifname "fm*" udp dport 6696 ${counter} accept`))).toEqual([]);
  let firewalld = withRule(ruleset("firewalld"), "filter_IN_public_allow", "udp dport 4500 accept");
  for (const chain of ["filter_INPUT_ZONES", "filter_FORWARD_ZONES"])
    firewalld = withRule(firewalld, chain, 'iifname "fm*" accept');
  expect(blocked(firewalld)).toEqual([]);
});

test("only where it matters: a node that is no transit node, one that always initiates, one with the overlay elsewhere", () => {
  expect(blocked(ruleset("docker"), { relays: false })).toEqual([]);
  expect(blocked(ruleset("docker"), { isolation: "netns" })).toEqual([]);
  const connections = (nyc1?.connections ?? []).map((connection) => ({ ...connection, initiates: true }));
  expect(blocked(ruleset("ufw"), { connections, isolation: "vrf" })).toEqual([]);
  expect(blocked(ruleset("ufw"), { isolation: "vrf" })).toEqual([expect.stringContaining(fromPeers)]);
});

/** A chain that drops what no rule accepts. */
const chain = (hook: string, rules: string): string =>
  `table inet own {\n\tchain ${hook} {\n\t\ttype filter hook ${hook} priority filter; policy drop;\n\t\t${rules}\n\t}\n}`;

test.each([
  ["it accepts one of the links", 'iifname "fm100-tyo1" accept'],
  ["it accepts the overlay", "ip saddr 10.0.0.0/8 accept\n\t\tip6 saddr fd00::/8 accept"],
  ["it accepts a part of the overlay", "ip saddr 10.42.0.0/24 accept\n\t\tip6 saddr fd42::/96 accept"],
  ["it accepts what is in a set", "ip saddr @friends accept\n\t\tip6 saddr @friends6 accept"],
  ["it asks for what cannot be known", "meta mark 0x00000001 accept"],
  ["it accepts all but some names", 'iifname != { "eth0", "eth1" } accept'],
  ["it accepts what is no port of a service", "tcp dport 1024-65535 accept"],
  ["it compares", "tcp dport >= 1024 accept"],
  ["it has a verdict map", 'iifname vmap { "eth0" : drop, "fm1" : accept }'],
  ["it jumps to where nobody has looked", "jump elsewhere"],
])("nothing is said of a chain where %s", (_, rules) => {
  expect(blocked(chain("forward", rules))).toEqual([]);
});

test.each([
  ["it accepts other names alone", 'iifname "eth0" accept\n\t\tiifname != "fm*" accept'],
  ["it accepts other networks", "ip saddr 192.0.2.0/24 accept\n\t\tip6 saddr != fd42::/64 accept"],
  [
    "it accepts a port, answers and ping",
    "tcp dport 22 accept\n\t\tct state established,related accept\n\t\ticmp type echo-request accept",
  ],
  ["it may drop before it drops", "meta mark 0x00000001 drop"],
  ["a set goes on in another line", 'iifname { "eth0",\n\t\t\t "eth1" } accept'],
  ["it logs and comments", 'limit rate 3/minute log prefix "accept " comment "to accept"'],
])("it is said of a chain where %s", (_, rules) => {
  expect(blocked(chain("forward", rules))).toEqual(
    ["IPv4", "IPv6"].map(
      (family) =>
        `${forwarded(family)} are dropped by the nftables chain inet own forward (its policy)\nfix: add \`iifname "fm*" oifname "fm*" accept\` to that chain, before what drops`,
    ),
  );
});

test("peers that a rule names by their addresses may be all of them", () => {
  expect(blocked(chain("input", 'iifname "fm*" accept\n\t\tip saddr 192.0.2.0/24 udp dport 4500 accept'))).toEqual([]);
});

test("`status` tells of it, and of nothing where the rules cannot be read", () => {
  const problems = (text: string): readonly string[] =>
    healthWith({ nyc1: () => `${fixture("nyc1")}\n== filters\n${text}\n` }).nodes.find(({ name }) => name === "nyc1")
      ?.problems ?? [];
  expect(problems(ruleset("docker"))).toEqual(blocked(ruleset("docker")));
  expect(problems("-- sh: no answer within 5 s")).toEqual([]);
});
