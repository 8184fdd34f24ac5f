import type { AddressFamily } from "../../core/registry/registry";
import type { LabHost } from "./address";

/** What is wrong with the link between two hosts. */
export type Fault =
  | { readonly kind: "cut"; readonly a: string; readonly b: string; readonly families: readonly AddressFamily[] }
  | { readonly kind: "delay"; readonly a: string; readonly b: string; readonly milliseconds: number };

/** Both families. */
export const families: readonly AddressFamily[] = ["ip4", "ip6"];

/** The longest delay that can be asked for. */
const maxDelayMilliseconds = 60_000;

/** Two different hosts of a lab, in the order that names their link. @throws if they are not. */
export function linkOf(hosts: readonly LabHost[], a: string, b: string): readonly [string, string] {
  const numbers = [a, b].map((name) => {
    const host = hosts.find((candidate) => candidate.name === name);
    if (host === undefined) throw new Error(`no host ${name} here: ${hosts.map((known) => known.name).join(", ")}`);
    return host.number;
  });
  if (a === b) throw new Error(`a link is between two hosts, not from ${a} to itself`);
  const [first = 0, second = 0] = numbers;
  return first < second ? [a, b] : [b, a];
}

/** The guest's command that sets or, with 0, removes a delay. @throws if it is out of range. */
export function delayCommand(link: readonly [string, string], milliseconds: number): string {
  if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > maxDelayMilliseconds) {
    throw new Error(`delay of ${milliseconds} ms: it must be a whole number from 0 to ${maxDelayMilliseconds}`);
  }
  return `lab-link delay ${link.join(" ")} ${milliseconds}`;
}

/** Reads what `lab-link list` (guest/vm/usr/local/sbin) prints. */
export function parseFaults(list: string): Fault[] {
  return list.split("\n").flatMap((line): Fault[] => {
    const [kind, a, b, ...values] = line.trim().split(" ");
    if (a === undefined || b === undefined) return [];
    return kind === "delay"
      ? [{ kind, a, b, milliseconds: Number(values[0]) }]
      : [{ kind: "cut", a, b, families: families.filter((family) => values.includes(family)) }];
  });
}
