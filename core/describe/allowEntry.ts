import type { Decision } from "../plan/can";
import { entriesTo } from "../plan/policy";
import type { NodePlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { formatPorts } from "../registry/ports";
import { formatPlace } from "../registry/problem";
import type { Registry } from "../registry/registry";

/** Entries that a message names. */
const mostEntries = 4;

/** An entry of the policy's `allow` with its place: `nodes/dev/_policy.yaml:3:5: allow[0] { from: admin, to: hub, ports: [tcp/22] }`. */
export function allowEntry({ policy, policyPlaces }: Pick<Registry, "policy" | "policyPlaces">, index: number): string {
  const entry = policy.allow?.[index];
  const place = policyPlaces?.allow[index];
  if (entry === undefined) return `allow[${index}]`;
  const ports = entry.ports === undefined ? "" : `, ports: [${entry.ports.map(formatPorts).join(", ")}]`;
  const text = `allow[${index}] { from: ${entry.from}, to: ${entry.to}${ports} }`;
  return place === undefined ? text : `${formatPlace(place)}: ${text}`;
}

/** What decides, in words; whether it is accepted is said before. */
export function decisionText(registry: Registry, to: NodePlan, { by, accepted, entries }: Decision): string {
  if (by === "unmanaged") return `${to.name} is not managed: nothing of ours runs there that could refuse`;
  if (by === "no-allow") return "the policy has no `allow`: everything may be reached";
  if (by === "always") return "ping is always accepted";
  const named = (indexes: readonly number[]): string =>
    listed(
      indexes.map((index) => allowEntry(registry, index)),
      mostEntries,
    );
  if (accepted !== "none") return named(entries);
  const about = entriesTo(registry.policy, to);
  const nothing = `no entry of \`allow\` accepts it`;
  return about.length === 0
    ? `${nothing}: none is for the tags of ${to.name}`
    : `${nothing}; for ${to.name} there are ${named(about)}`;
}
