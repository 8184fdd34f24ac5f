import { networkOf, overlaps, parseIpNetwork } from "../registry/addresses";
import type { Condition, FilterChain, FilterRule, FilterTable } from "./filterRules";

/** A packet that begins a connection, as far as it is known: a field that is not there can have any value, so that nobody can tell whether a rule matches. */
export interface KnownPacket {
  /** Networks for addresses; for an interface also `fm*`, any that begins so, and `uplink`, any but the host's loopback and the links. */
  readonly fields: Readonly<Record<string, string>>;
  /** Headers that it does not have, as `ip6` or `udp`: no rule that asks for one matches. */
  readonly lacks: readonly string[];
}

/** Where a packet ends: `drop` says in which chain; `unclear` is whatever cannot be told for sure. */
export type PacketEnd =
  | { readonly kind: "accept" | "unclear" }
  | { readonly kind: "drop"; readonly chain: string; readonly byPolicy: boolean };

type ChainEnd = PacketEnd | { readonly kind: "continue" };

/** So deep do chains jump at most in the kernel (NFT_JUMP_STACK_SIZE, include/net/netfilter/nf_tables.h). */
const mostJumps = 16;

/** What becomes of a packet in the chains of a table that have a hook. */
export function packetEnds(table: FilterTable, packet: KnownPacket): (base: FilterChain) => PacketEnd {
  const way = new Way(table, packet);
  return (base) => {
    const end = way.chainEnd(base, 0);
    if (end.kind !== "continue") return end;
    return base.policy === "accept" ? { kind: "accept" } : { kind: "drop", chain: base.name, byPolicy: true };
  };
}

/** The way of one packet through a table. The table is a host's word for it: it may have loops, which the kernel refuses, and each chain is looked at once. */
class Way {
  private readonly ends = new Map<FilterChain, ChainEnd>();

  constructor(
    private readonly table: FilterTable,
    private readonly packet: KnownPacket,
  ) {}

  chainEnd(chain: FilterChain, jumps: number): ChainEnd {
    const known = this.ends.get(chain);
    if (known !== undefined) return known;
    // Of one that leads back to itself.
    this.ends.set(chain, { kind: "unclear" });
    const end = jumps > mostJumps ? ({ kind: "unclear" } as const) : this.endOf(chain, jumps);
    this.ends.set(chain, end);
    return end;
  }

  private endOf(chain: FilterChain, jumps: number): ChainEnd {
    for (const rule of chain.rules) {
      const match = matches(rule, this.packet);
      if (match === "no") continue;
      const end = this.ruleEnd(chain, rule, jumps);
      if (end.kind === "next") continue;
      if (match === "yes") return end.kind === "return" ? { kind: "continue" } : end;
      // It may match: what it drops, the rest may drop as well; what it does not drop, may get through.
      if (end.kind !== "drop") return { kind: "unclear" };
    }
    return { kind: "continue" };
  }

  private ruleEnd(
    { name }: FilterChain,
    { verdict }: FilterRule,
    jumps: number,
  ): PacketEnd | { readonly kind: "return" } | { readonly kind: "next" } {
    switch (verdict.kind) {
      case "none":
        return { kind: "next" };
      case "drop":
        return { kind: "drop", chain: name, byPolicy: false };
      case "jump":
      case "goto": {
        const target = this.table.chains.get(verdict.chain);
        const end = target === undefined ? ({ kind: "unclear" } as const) : this.chainEnd(target, jumps + 1);
        if (end.kind !== "continue") return end;
        return { kind: verdict.kind === "goto" ? "return" : "next" };
      }
      default:
        return { kind: verdict.kind };
    }
  }
}

type Match = "yes" | "no" | "maybe";

function matches({ conditions }: FilterRule, packet: KnownPacket): Match {
  const each = conditions.map((condition) => matchesOne(condition, packet));
  if (each.includes("no")) return "no";
  return each.includes("maybe") ? "maybe" : "yes";
}

function matchesOne({ field, isNot, values }: Condition, { fields, lacks }: KnownPacket): Match {
  const [header = ""] = field.split(" ");
  if (lacks.includes(header)) return "no";
  const known = fields[field];
  if (known === undefined) return "maybe";
  const each = values.map((wanted) => matchesValue(field, known, wanted));
  const match = each.includes("yes") ? "yes" : each.includes("maybe") ? "maybe" : "no";
  if (!isNot || match === "maybe") return match;
  return match === "yes" ? "no" : "yes";
}

function matchesValue(field: string, known: string, wanted: string): Match {
  if (known === wanted) return "yes";
  // A set.
  if (wanted.startsWith("@")) return "maybe";
  if (/if(name)?$/.test(field)) return matchesName(known, wanted);
  if (field.endsWith("addr")) return matchesNetwork(known, wanted);
  if (field.endsWith("port")) return matchesPort(known, wanted);
  return "no";
}

function matchesName(known: string, wanted: string): Match {
  if (known === "uplink") return /^(lo$|fm)/.test(wanted) ? "no" : "maybe";
  const [prefix, pattern] = [known.replace(/\*$/, ""), wanted.replace(/\*$/, "")];
  if (wanted.endsWith("*") && prefix.startsWith(pattern)) return "yes";
  return pattern.startsWith(prefix) ? "maybe" : "no";
}

function matchesNetwork(known: string, wanted: string): Match {
  const ours = networkOf(known);
  const theirs = parseIpNetwork(wanted.includes("/") ? wanted : `${wanted}/${wanted.includes(":") ? 128 : 32}`);
  if (theirs === undefined) return "maybe";
  if (!overlaps(ours, theirs)) return "no";
  return theirs.length <= ours.length ? "yes" : "maybe";
}

/** `any` is a port that no rule names alone. */
function matchesPort(known: string, wanted: string): Match {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(wanted) ?? [];
  if (first === undefined || last === undefined) return /^\d+$/.test(wanted) ? "no" : "maybe";
  if (known === "any") return "maybe";
  return Number(first) <= Number(known) && Number(known) <= Number(last) ? "yes" : "no";
}
