import type { Colors } from "picocolors/types";
import type { NodeHealth, Tally, UnmanagedHealth } from "../../core/observe/health";
import { plainTable, type TableCell } from "./plainTable";

const heading = ["NODE", "STATE", "SYSTEM", "SERVICES", "CONNECTIONS", "SAS", "NEIGHBOURS", "ROUTES"];

/**
 * One row a node: what was found of what was expected. A node that did not answer has the cause in place of its figures, one that is not managed what the others
 * see of it.
 */
export function nodeTable(nodes: readonly NodeHealth[], unmanaged: readonly UnmanagedHealth[], colors: Colors): string {
  return plainTable(
    heading.map((text) => colors.dim(text)),
    [...nodes.map((node) => row(node, colors)), ...unmanaged.map((node) => unmanagedRow(node, colors))],
  );
}

function unmanagedRow({ name, organization, links }: UnmanagedHealth, colors: Colors): readonly TableCell[] {
  const { expected, found } = links;
  const seen = `of ${organization}; ${found ?? "?"} of ${expected} links up`;
  return [name, "unmanaged", { content: found === expected ? seen : colors.red(seen), colSpan: heading.length - 2 }];
}

function row(node: NodeHealth, colors: Colors): readonly TableCell[] {
  if (node.unreachable !== null) {
    const { cause, message } = node.unreachable;
    const [first = ""] = message.split("\n");
    const why = `${cause}: ${first.startsWith(`${node.name}: `) ? first.slice(node.name.length + 2) : first}`;
    return [node.name, colors.red("unreachable"), { content: colors.red(cut(why)), colSpan: heading.length - 2 }];
  }
  const tallies = [node.activeServices, node.connections, node.securityAssociations, node.neighbours, node.routes];
  return [
    node.name,
    state(node.healthy, tallies, colors),
    `${node.os ?? "?"}${node.isolation === "none" ? "" : `, ${node.isolation}`}`,
    ...tallies.map((tally) => cell(tally, colors)),
  ];
}

/** A node that is well itself may lack links. */
function state(healthy: boolean, tallies: readonly Tally[], colors: Colors): string {
  if (!healthy) return colors.red("problems");
  const whole = tallies.every(({ expected, found }) => found === expected);
  return whole ? colors.green("healthy") : colors.yellow("degraded");
}

/** To the width of the columns that it takes the place of; the whole message stands below the tables. */
function cut(text: string): string {
  const columns = heading.slice(2).join("  ").length;
  return text.length <= columns ? text : `${text.slice(0, columns - 3)}...`;
}

function cell({ expected, found }: Tally, colors: Colors): string {
  const text = `${found ?? "?"}/${expected}`;
  return found === expected ? text : colors.red(text);
}
