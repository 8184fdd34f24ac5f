import { z } from "zod";
import type { MeshPlan } from "../plan/plan";
import { linkCost } from "./linkCost";

const milliseconds = z.number().min(0).max(3_600_000).nullable();

const half = z.object({
  node: z.string().max(63),
  connection: z.string().max(15),
  babel: z.object({ rttMs: milliseconds }).nullable(),
});

/** What is read of `fullmesh status --json`; it may have other fields, too. */
export const measurementsSchema = z.object({
  version: z.literal(1),
  stack: z.string().max(128),
  observedAt: z.string().max(64),
  links: z
    .array(
      z.object({
        verdict: z.enum(["up", "half", "down", "unknown"]),
        rttMs: milliseconds,
        halves: z.tuple([half, half]),
      }),
    )
    .max(500_000),
});

/** What `fullmesh status --json` said of the links. */
export type Measurements = z.output<typeof measurementsSchema>;

/** A link of the plan as it was measured. */
export interface MeasuredLink {
  /** Indexes of its nodes in the plan, the lower first. */
  readonly a: number;
  readonly b: number;
  /** Mean of both ends; null where neither has told it. */
  readonly rttMs: number | null;
  /** What babel takes for it in either direction: by `a`, by `b`. */
  readonly costs: readonly [number, number];
}

/** The links of a plan as they were measured. */
export interface MeasuredMesh {
  /** In the order of the plan; null for one that did not work. */
  readonly links: readonly (MeasuredLink | null)[];
  /** How many of the plan's links the measurements do not have, or have no round-trip time of. They cost their rxcost, as babel has it. */
  readonly unmeasured: number;
  /** How many did not work: no way leads over them. */
  readonly down: number;
}

/** Brings plan and measurements together. Each end has its own round-trip time; where one has none, the other's is taken. */
export function measuredMesh(plan: MeshPlan, { links }: Measurements): MeasuredMesh {
  const key = (node: string, connection: string): string => `${node} ${connection}`;
  const known = new Map(links.map((link) => [key(link.halves[0].node, link.halves[0].connection), link]));
  const index = new Map(plan.nodes.map(({ name }, at) => [name, at]));
  const found = plan.links.map(({ a, b }): MeasuredLink | null => {
    const link = known.get(key(a.local.node, a.name));
    if (link?.verdict === "down" || link?.verdict === "half") return null;
    const rttMs = link?.rttMs ?? null;
    const cost = (end: 0 | 1): number =>
      linkCost((end === 0 ? a : b).rxcost, link?.halves[end].babel?.rttMs ?? rttMs, plan.babel);
    return {
      a: index.get(a.local.node) ?? 0,
      b: index.get(b.local.node) ?? 0,
      rttMs,
      costs: [cost(0), cost(1)],
    };
  });
  return {
    links: found,
    unmeasured: found.filter((link) => link !== null && link.rttMs === null).length,
    down: found.filter((link) => link === null).length,
  };
}
