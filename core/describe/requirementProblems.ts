import { can } from "../plan/can";
import type { MeshPlan, NodePlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { nearestWord } from "../registry/nearest";
import { formatNodesMeant, formatTraffic } from "../registry/policyTarget";
import { problemAt, sortProblems, startOf, type Place, type Problem } from "../registry/problem";
import type { NodesMeant, PolicyTarget, Registry } from "../registry/registry";
import { resilienceOf } from "../simulate/simulate";
import { decisionText } from "./allowEntry";

/** Nodes whose loss is too much, and failures of one target, that are named one by one. */
const mostProblems = 20;

/** What the policy requires of the mesh and is not so: `require` and `tests`. */
export function requirementProblems(registry: Registry, plan: MeshPlan): Problem[] {
  return sortProblems([...survivalProblems(registry, plan), ...testProblems(registry, plan)]);
}

function survivalProblems({ policy, policyPlaces }: Registry, plan: MeshPlan): readonly Problem[] {
  if (policy.require?.survive !== 1) return [];
  const place = policyPlaces?.survive ?? startOf("_policy.yaml");
  const { critical } = resilienceOf(plan);
  return critical.slice(0, mostProblems).map(({ failure, cutOff, cutPairs }, index) => {
    const node = failure.kind === "node" ? failure.node : "";
    const cut = cutOff.slice(0, 3).map((each) => {
      const more = each.count > each.from.length ? [`${each.count - each.from.length} more`] : [];
      return `${each.node} from ${listed([...each.from, ...more], 4)}`;
    });
    const rest = critical.length - mostProblems;
    const others = index === mostProblems - 1 && rest > 0 ? `; the same holds of ${rest} more nodes` : "";
    return problemAt(
      place,
      `the mesh must bear the loss of any one node, but without ${node} ${cutPairs === 1 ? "a pair is" : `${cutPairs} pairs are`} cut off: ${cut.join("; ")}${cutOff.length > 3 ? "; ..." : ""}${others}`,
      `let ${cutOff[0]?.node ?? "them"} link with one more node that relays (npx fullmesh simulate shows all), or delete \`require\``,
    );
  });
}

function testProblems(registry: Registry, plan: MeshPlan): readonly Problem[] {
  const { policy, policyPlaces } = registry;
  return (policy.tests ?? []).flatMap((test, index) => {
    const places = policyPlaces?.tests[index];
    const at = (place: Place | undefined): Place => place ?? startOf("_policy.yaml");
    const from = meantBy(plan, test.from);
    if (from.length === 0) return [unknown(plan, test.from, at(places?.from))];
    const of = (targets: readonly PolicyTarget[], wanted: "accept" | "deny"): readonly Problem[] =>
      targets.flatMap((target, nth) => {
        const place = at(places?.[wanted][nth]);
        const to = meantBy(plan, target.to);
        return to.length === 0
          ? [unknown(plan, target.to, place)]
          : failuresOf(registry, { from, to, traffic: target.traffic, wanted }, place);
      });
    return [...of(test.accept, "accept"), ...of(test.deny, "deny")];
  });
}

function failuresOf(
  registry: Registry,
  {
    from,
    to,
    traffic,
    wanted,
  }: {
    readonly from: readonly NodePlan[];
    readonly to: readonly NodePlan[];
    readonly traffic: PolicyTarget["traffic"];
    readonly wanted: "accept" | "deny";
  },
  place: Place,
): readonly Problem[] {
  const found: Problem[] = [];
  for (const sender of from) {
    for (const receiver of to) {
      if (sender.id === receiver.id || found.length === mostProblems) continue;
      const decision = can(registry.policy, sender, receiver, traffic);
      if (decision.accepted === (wanted === "accept" ? "all" : "none")) continue;
      const is = { all: "is accepted", some: "is accepted in part", none: "is not accepted" }[decision.accepted];
      const must = wanted === "accept" ? "must be accepted" : "must be denied";
      found.push(
        problemAt(
          place,
          `${formatTraffic(traffic)} from ${sender.name} to ${receiver.name} ${must}, but ${is}: ${decisionText(registry, receiver, decision)}`,
          wanted === "accept" ? "add it to `allow`, or mend the test" : "narrow `allow`, or mend the test",
        ),
      );
    }
  }
  return found;
}

/** The nodes that a test means. */
export function meantBy({ nodes }: MeshPlan, meant: NodesMeant): readonly NodePlan[] {
  return nodes.filter((node) => ("tag" in meant ? node.tags.includes(meant.tag) : node.name === meant.node));
}

function unknown({ nodes }: MeshPlan, meant: NodesMeant, place: Place): Problem {
  const isTag = "tag" in meant;
  const known = isTag ? [...new Set(nodes.flatMap(({ tags }) => tags))].sort() : nodes.map(({ name }) => name);
  const near = nearestWord(isTag ? meant.tag : meant.node, known);
  const what = isTag
    ? `no node has the tag ${JSON.stringify(meant.tag)}`
    : `there is no node ${formatNodesMeant(meant)}`;
  return problemAt(
    place,
    `${what}${near === undefined ? "" : `; did you mean ${near}?`}`,
    "name a node of the registry, or tag: and a tag that nodes have",
  );
}
