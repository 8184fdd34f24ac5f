import { shortText } from "../describe/shortText";
import { parseBabelDump } from "./babelDump";
import { deviationWords, portFaults } from "./deviations";
import { parseFilterTables } from "./filterRules";
import { parseLinks, parseRoutes } from "./ipJson";
import type { Observation, Section } from "./observation";
import { splitSections, type RawSection } from "./sections";
import { parseConnections, parseIkeSas } from "./securityAssociations";
import { parseBundle, parseOsRelease, parseRules, parseServices, parseSwitchedOff } from "./systemFacts";

/** Reads what the script `observe` printed. Never throws: what is missing or cannot be read is a failed section, and the rest stands. */
export function parseObservation(text: string): Observation {
  const sections = splitSections(text);
  const read = <T>(name: string, parse: (lines: readonly string[]) => T) =>
    readSection(sections.get(name), (lines) => parse(lines.map(checkedLength)));
  return {
    os: read("os", parseOsRelease),
    clockSeconds: read("clock", (lines) => Number(lines.join(""))),
    bundle: read("bundle", parseBundle),
    services: read("services", parseServices),
    switchedOff: read("off", parseSwitchedOff),
    rules: read("rules", parseRules),
    deviations: read("deviations", deviationWords),
    ports: read("ports", portFaults),
    filters: read("filters", parseFilterTables),
    ikeSas: read("sas", parseIkeSas),
    connections: read("conns", parseConnections),
    lookedUp: read("names", (lines) => lines.filter((line) => line !== "")),
    babel: read("babel", parseBabelDump),
    // ip(8) prints all that it has in one line.
    interfaces: readSection(sections.get("links"), (lines) => parseLinks(lines.join("\n"))),
    routes4: readSection(sections.get("routes4"), (lines) => parseRoutes(lines.join("\n"))),
    routes6: readSection(sections.get("routes6"), (lines) => parseRoutes(lines.join("\n"))),
  };
}

/** What the script says of a command that it ended. */
const lateAnswer = /: no answer within \d+ s$/;

/** Whether a part of it is missing because the node was too busy to tell in time. */
export function isLate(observation: Observation): boolean {
  return sectionsOf(observation).some((section) => section.kind === "failed" && section.late === true);
}

/** The first answer with what only the second one has. */
export function completed(first: Observation, second: Observation): Observation {
  const names = Object.keys(first) as (keyof Observation)[];
  const missing = names.filter((name) => first[name].kind === "failed");
  return { ...first, ...Object.fromEntries(missing.map((name) => [name, second[name]])) };
}

function sectionsOf(observation: Observation): readonly Section<unknown>[] {
  return Object.values<Section<unknown>>({ ...observation });
}

/** No line of theirs is nearly as long. */
const maxCharacters = 65536;

function checkedLength(line: string): string {
  if (line.length > maxCharacters) throw new Error(`a line of ${line.length} characters`);
  return line;
}

function readSection<T>(section: RawSection | undefined, parse: (lines: readonly string[]) => T): Section<T> {
  if (section === undefined) return { kind: "failed", reason: "not in the node's answer" };
  if (section.failure !== undefined) {
    return {
      kind: "failed",
      reason: shortText(section.failure),
      ...(lateAnswer.test(section.failure) && { late: true }),
    };
  }
  try {
    return { kind: "read", value: parse(section.lines) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason: shortText(`cannot be read: ${why}`) };
  }
}
