/** A table of nftables with its chains, as `nft list table` prints it. */
export interface FilterTable {
  /** As in ip, ip6, inet. */
  readonly family: string;
  readonly name: string;
  readonly chains: ReadonlyMap<string, FilterChain>;
}

/** A chain; one with a hook is where packets come in. */
export interface FilterChain {
  readonly name: string;
  readonly hook: string | undefined;
  readonly policy: "accept" | "drop";
  readonly rules: readonly FilterRule[];
}

/** One rule. */
export interface FilterRule {
  readonly conditions: readonly Condition[];
  readonly verdict: RuleVerdict;
}

/** What a rule does with a packet that it matches; `unclear` is what only the kernel knows, as a verdict map. */
export type RuleVerdict =
  | { readonly kind: "accept" | "drop" | "return" | "none" | "unclear" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

/** What a rule asks of a packet: that a field of it has one of these values, or none of them. */
export interface Condition {
  readonly field: string;
  readonly isNot: boolean;
  readonly values: readonly string[];
}

/** Reads what nft(8) prints of tables. What it does not know of a rule becomes a condition with the field `unclear`. */
export function parseFilterTables(lines: readonly string[]): readonly FilterTable[] {
  const tables: { family: string; name: string; chains: Map<string, FilterChain> }[] = [];
  let chain: { name: string; hook: string | undefined; policy: "accept" | "drop"; rules: FilterRule[] } | undefined;
  for (const line of wholeLines(lines)) {
    const [, family, table] = /^table (\S+) (\S+) \{$/.exec(line) ?? [];
    const [, name] = /^chain (\S+) \{$/.exec(line) ?? [];
    const [, hook] = /^type filter hook (\w+) /.exec(line) ?? [];
    if (family !== undefined && table !== undefined) {
      tables.push({ family, name: table, chains: new Map() });
    } else if (name !== undefined) {
      chain = { name, hook: undefined, policy: "accept", rules: [] };
      tables.at(-1)?.chains.set(name, chain);
    } else if (line === "}") {
      chain = undefined;
    } else if (chain !== undefined && hook !== undefined) {
      chain.hook = hook;
      if (line.includes("policy drop;")) chain.policy = "drop";
    } else if (chain !== undefined && line !== "" && !/^(#|type )/.test(line)) {
      chain.rules.push(parseRule(line));
    }
  }
  return tables;
}

/** A rule that is longer is not read: what it does is unclear. */
const mostCharacters = 65_536;

/** A long set goes on over several lines. Of one that is longer than any rule that is read, the beginning is enough. */
function wholeLines(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  let parts: string[] = [];
  let [depth, characters] = [0, 0];
  for (const line of lines.map((text) => text.trim())) {
    if (characters <= mostCharacters) parts.push(line);
    characters += line.length + 1;
    depth += bracesOpened(line);
    if (depth > 0 && !(parts.length === 1 && line.endsWith("{"))) continue;
    whole.push(parts.join(" "));
    parts = [];
    [depth, characters] = [0, 0];
  }
  return parts.length === 0 ? whole : [...whole, parts.join(" ")];
}

function bracesOpened(line: string): number {
  let opened = 0;
  for (const character of line) opened += character === "{" ? 1 : character === "}" ? -1 : 0;
  return opened;
}

const verdict = /(?:^| )(accept|drop|reject(?: with .*)?|return|(?:jump|goto) (\S+))$/;
const statements =
  /(^| )(counter packets \d+ bytes \d+|log( (prefix|level|group|flags) ("[^"]*"|\S+))*|comment "[^"]*")(?= |$)/g;
const condition =
  /^(iifname|oifname|iif|oif|meta nfproto|meta l4proto|ip protocol|ip6 nexthdr|ip saddr|ip daddr|ip6 saddr|ip6 daddr|tcp dport|udp dport|tcp sport|udp sport|icmp type|icmpv6 type|ct state|ct status|fib daddr type) (!= )?(?!vmap |[<>&|^])(\{ [^{}]* \}|\S+) ?/;

function parseRule(line: string): FilterRule {
  if (line.length > mostCharacters) {
    return { conditions: [{ field: "unclear", isNot: false, values: [] }], verdict: { kind: "unclear" } };
  }
  const text = line
    .replace(/ comment "[^"]*"$/, "")
    .replace(statements, "")
    .trim();
  const [, action = "", chain = ""] = verdict.exec(text) ?? [];
  const conditions: Condition[] = [];
  let rest = text.replace(verdict, "").trim();
  for (let found = condition.exec(rest); found !== null; found = condition.exec(rest)) {
    const [all, field = "", isNot, values = ""] = found;
    const words = values.replace(/^\{ | \}$/g, "").split(/, ?/);
    conditions.push({ field, isNot: isNot !== undefined, values: words.map((word) => word.replaceAll('"', "")) });
    rest = rest.slice(all.length).trim();
  }
  if (rest !== "") conditions.push({ field: "unclear", isNot: false, values: [] });
  return { conditions, verdict: verdictOf(action, chain, rest) };
}

function verdictOf(action: string, chain: string, rest: string): RuleVerdict {
  if (action.startsWith("jump")) return { kind: "jump", chain };
  if (action.startsWith("goto")) return { kind: "goto", chain };
  if (action.startsWith("reject")) return { kind: "drop" };
  if (action === "accept" || action === "drop" || action === "return") return { kind: action };
  return { kind: /\b(vmap|queue|target)\b/.test(rest) ? "unclear" : "none" };
}
