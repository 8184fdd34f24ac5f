import { interfaceWords, madeInterfaces } from "./interfaceWords";

/** How what `links check` and `uplinks check` print is said, but for commands of ip(8), which `interfaceWords` reads. */
export const deviationPhrases = {
  sysctl: (key = "", is = "", should = "") => `the kernel setting ${key} is ${is} instead of ${should}`,
  namespace: (name = "") => `the network namespace ${name} is missing`,
  uplink: (name = "", family = "", what = "") =>
    what === "rule"
      ? `the policy rule of the uplink ${name} (${family}) is missing`
      : `the routing table of the uplink ${name} (${family}) has other routes than the interface`,
} as const;

/** How what `ports` prints is said. */
export function portWords(port = "", daemon = "", holder = ""): string {
  return holder === "nobody"
    ? `${daemon} does not have its UDP port ${port}`
    : `UDP port ${port} of ${daemon} is also bound by ${holder}, which may get its packets: end that process, and restart ${daemon}`;
}

const maxHolders = 4;

/** What is wrong with the UDP ports of a node, from the lines of `ports`. */
export function portFaults(lines: readonly string[]): readonly string[] {
  const faults = lines.filter((line) => line.startsWith("port ")).slice(0, maxHolders);
  return faults.map((line) => portWords(...line.split(" ").slice(1)));
}

/** What a node's interfaces, routes, policy rules and kernel settings are other than its tables say, from lines of the two scripts. */
export function deviationWords(lines: readonly string[]): readonly string[] {
  const commands = lines.filter((line) => line.startsWith("ip ")).map((line) => line.slice("ip ".length));
  const made = madeInterfaces(commands);
  const others = lines.flatMap((line) => {
    const [kind = "", ...words] = line.split(" ");
    if (!isPhrased(kind) || (kind === "sysctl" && isOfMissingInterface(words[0] ?? "", made))) return [];
    return [deviationPhrases[kind](...words)];
  });
  return [...others, ...interfaceWords(commands)];
}

function isPhrased(kind: string): kind is keyof typeof deviationPhrases {
  return Object.hasOwn(deviationPhrases, kind);
}

/** Whether a kernel setting is one of an interface that is to be made: it comes with the interface. */
export function isOfMissingInterface(key: string, made: ReadonlySet<string>): boolean {
  return made.has(key.split("/")[3] ?? "");
}
