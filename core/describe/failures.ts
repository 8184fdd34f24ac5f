import { listed } from "../registry/listed";

/** What went wrong with a node in a deploy. */
export interface NodeFailure {
  readonly node: string;
  /** The command that did not end well. */
  readonly step: string;
  /** Why, and what to do; several lines. */
  readonly reason: string;
}

/** More nodes that did well are counted. */
const mostNamed = 8;

/**
 * What a person reads last of a deploy in which nodes failed: each of them with the reason, for Pulumi prints the errors of its commands far apart, with the
 * commands themselves. Undefined where none failed.
 */
export function describeFailures(failures: readonly NodeFailure[], nodes: readonly string[]): string | undefined {
  if (failures.length === 0) return undefined;
  const failed = new Set(failures.map(({ node }) => node));
  const others = nodes.filter((node) => !failed.has(node));
  const rest = others.length === 0 ? "" : `; ${listed(others, mostNamed)} went well`;
  return [
    `${failed.size} of ${nodes.length} nodes failed${rest}:`,
    ...nodes.flatMap((node) => failures.filter((failure) => failure.node === node).map(describeFailure)),
    "Mend what is named and run `pulumi up` again: it does what is left, and nothing else.",
  ].join("\n");
}

function describeFailure({ node, step, reason }: NodeFailure): string {
  const [first = "", ...more] = reason.split("\n");
  const said = first.startsWith(`${node}: `) ? first.slice(node.length + 2) : first;
  return [`  ${node} (${step}): ${said}`, ...more.map((line) => `    ${line.trim()}`)].join("\n");
}
