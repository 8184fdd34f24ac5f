import { parseBabelDump } from "./babelDump";
import { parseLinks, parseRoutes } from "./ipJson";
import type { Observation, Section } from "./observation";
import { splitSections, type RawSection } from "./sections";
import { parseConnections, parseIkeSas } from "./securityAssociations";
import { parseOsRelease, parseServices } from "./systemFacts";

/** Reads what the script `observe` printed. Never throws: what is missing or cannot be read is a failed section, and the rest stands. */
export function parseObservation(text: string): Observation {
  const sections = splitSections(text);
  const read = <T>(name: string, parse: (lines: readonly string[]) => T) => readSection(sections.get(name), parse);
  return {
    os: read("os", parseOsRelease),
    clockSeconds: read("clock", (lines) => Number(lines.join(""))),
    services: read("services", parseServices),
    switchedOff: read("off", (lines) => lines.includes("yes")),
    ikeSas: read("sas", parseIkeSas),
    connections: read("conns", parseConnections),
    lookedUp: read("names", (lines) => lines.filter((line) => line !== "")),
    babel: read("babel", parseBabelDump),
    interfaces: read("links", (lines) => parseLinks(lines.join("\n"))),
    routes4: read("routes4", (lines) => parseRoutes(lines.join("\n"))),
    routes6: read("routes6", (lines) => parseRoutes(lines.join("\n"))),
  };
}

function readSection<T>(section: RawSection | undefined, parse: (lines: readonly string[]) => T): Section<T> {
  if (section === undefined) return { kind: "failed", reason: "not in the node's answer" };
  if (section.failure !== undefined) return { kind: "failed", reason: section.failure };
  try {
    return { kind: "read", value: parse(section.lines) };
  } catch (error) {
    return { kind: "failed", reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}
