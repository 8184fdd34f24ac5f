import type { Fault } from "./field";
import { nodeNamePattern, tagPattern } from "./fieldFormats";
import { formatPorts, parsePorts } from "./ports";
import type { NodesMeant, PolicyTarget, Traffic } from "./registry";

const tagMark = "tag:";

/** Reads whom a policy test means: a node's name, or `tag:` and a tag. */
export function parseNodesMeant(text: string): NodesMeant | Fault {
  if (text.startsWith(tagMark)) {
    const tag = text.slice(tagMark.length);
    return tagPattern.test(tag) ? { tag } : { fault: "has no tag after `tag:`" };
  }
  return nodeNamePattern.test(text) ? { node: text } : { fault: "is no node's name" };
}

/** Reads traffic: `tcp/22`, `udp/53`, `icmp`, or `*` for everything. */
export function parseTraffic(text: string): Traffic | Fault {
  if (text === "*") return "everything";
  return text === "icmp" ? "icmp" : parsePorts(text);
}

/** Reads what a policy test tries: `nyc1:tcp/22`, `tag:hub:udp/53`, `tyo1:*`, `sao1:icmp`. */
export function parseTarget(text: string): PolicyTarget | Fault {
  const at = text.lastIndexOf(":");
  if (at <= 0 || text.slice(0, at) === "tag") return { fault: "has no colon between node and port" };
  const to = parseNodesMeant(text.slice(0, at));
  if ("fault" in to) return to;
  const traffic = parseTraffic(text.slice(at + 1));
  return typeof traffic === "object" && "fault" in traffic ? traffic : { to, traffic };
}

/** Traffic as the policy has it. */
export function formatTraffic(traffic: Traffic): string {
  if (traffic === "everything") return "*";
  return traffic === "icmp" ? "icmp" : formatPorts(traffic);
}

/** Whom a policy test means, as the policy has it. */
export function formatNodesMeant(meant: NodesMeant): string {
  return "tag" in meant ? `${tagMark}${meant.tag}` : meant.node;
}
