import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compareWithPlan, type NodeAnswer } from "../../core/observe/compareWithPlan";
import type { HalfHealth, LinkHealth, MeshHealth } from "../../core/observe/health";
import { parseObservation } from "../../core/observe/parseObservation";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { babelProfiles } from "../../core/registry/babelProfile";
import { fullMesh } from "../../core/registry/registry";
import { labNode } from "../plan/labNode";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const names = ["fra1", "nyc1", "tyo1"] as const;

export type NodeName = (typeof names)[number];

/** The raw answers in fixtures/ are of this mesh, all well: fra1 reaches tyo1 by way of nyc1. */
export const plan = planned({});

function planned(
  prefixes: Partial<Record<NodeName, readonly string[]>>,
  unmanaged: readonly NodeName[] = [],
): MeshPlan {
  const nodes = names.map((name, index) => {
    const ours = labNode(index + 1, name, {
      isolation: name === "tyo1" ? "vrf" : "none",
      prefixes: prefixes[name] ?? [],
    });
    return unmanaged.includes(name)
      ? { ...ours, organization: "partner", managed: false as const, publicKey: arbitraryKey(1) }
      : ours;
  });
  return planMesh(
    { nodes, retired: [], policy: fullMesh },
    {
      overlayIpv4: "10.42.0.0/16",
      overlayIpv6: "fd42::/64",
      ciphers: { ike: "aes256gcm16-prfsha384-x25519", esp: "aes256gcm16-x25519" },
      ppk: "none",
      babel: babelProfiles.continental,
      metrics: "none",
    },
  );
}

/** How a test changes a node's raw answer; a string is the reason why there is none. */
export type Change = ((text: string) => string) | string;

export function fixture(name: string): string {
  return readFileSync(join(__dirname, "fixtures", `${name}.txt`), "utf8");
}

/** Health of the mesh when some nodes tell other than the fixtures, should announce networks, or are not managed. */
export function healthWith(
  changes: Partial<Record<NodeName, Change>> = {},
  prefixes: Partial<Record<NodeName, readonly string[]>> = {},
  unmanaged: readonly NodeName[] = [],
): MeshHealth {
  return compareWithPlan(planned(prefixes, unmanaged), answersWith(changes, unmanaged));
}

/** What the nodes tell, some of them other than the fixtures. */
export function answersWith(
  changes: Partial<Record<NodeName, Change>> = {},
  unmanaged: readonly NodeName[] = [],
): ReadonlyMap<string, NodeAnswer> {
  const asked = names.filter((name) => !unmanaged.includes(name));
  return new Map(asked.map((name) => [name, answer(name, changes[name])] as const));
}

export function link(health: MeshHealth, a: NodeName, b: NodeName): LinkHealth {
  const found = health.links.find((each) => each.a === a && each.b === b);
  if (found === undefined) throw new Error(`no link ${a} - ${b}`);
  return found;
}

export function half(health: MeshHealth, of: NodeName, peer: NodeName): HalfHealth {
  const found = health.links.flatMap(({ halves }) => halves).find((each) => each.node === of && each.peer === peer);
  if (found === undefined) throw new Error(`no half ${of} - ${peer}`);
  return found;
}

/** Leaves out the lines that a pattern finds. */
export function without(pattern: RegExp): (text: string) => string {
  return (text) => {
    const lines = text.split("\n");
    const kept = lines.filter((line) => !pattern.test(line));
    if (kept.length === lines.length) throw new Error(`no line is like ${String(pattern)}`);
    return kept.join("\n");
  };
}

/** Replaces what a pattern finds, which must be there. */
export function replacing(pattern: RegExp, by: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new Error(`nothing is like ${String(pattern)}`);
    return text.replace(pattern, by);
  };
}

function answer(name: NodeName, change: Change = (text) => text): NodeAnswer {
  if (typeof change === "string")
    return { kind: "unreachable", unreachable: { cause: "unreachable", message: change } };
  return { kind: "answered", observation: parseObservation(change(fixture(name))) };
}
