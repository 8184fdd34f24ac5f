import type { ChildSa, IkeSa } from "./observation";
import { connectionOf } from "../render/charonName";
import { parseViciEvents, type ViciSection } from "./swanctlRaw";

/** IKE_SAs from `swanctl --list-sas --raw`. */
export function parseIkeSas(lines: readonly string[]): readonly IkeSa[] {
  return parseViciEvents(lines, "list-sa").flatMap((event) => [...event.sections].map(ikeSa));
}

/** Names of the loaded connections from `swanctl --list-conns --raw`, as the plan has them. */
export function parseConnections(lines: readonly string[]): readonly string[] {
  const loaded = parseViciEvents(lines, "list-conn").flatMap((event) => [...event.sections.keys()]);
  return [...new Set(loaded.map(connectionOf))];
}

function ikeSa([name, { values, sections }]: readonly [string, ViciSection]): IkeSa {
  return {
    connection: connectionOf(name),
    uniqueId: values.get("uniqueid") ?? "",
    state: values.get("state") ?? "",
    initiator: values.get("initiator") === "yes",
    remoteHost: values.get("remote-host") ?? "",
    remotePort: number(values, "remote-port") ?? 0,
    ageSeconds: number(values, "established"),
    rekeyInSeconds: number(values, "rekey-time"),
    children: [...(sections.get("child-sas")?.sections ?? [])].map(childSa),
  };
}

function childSa([name, { values }]: readonly [string, ViciSection]): ChildSa {
  return {
    name: values.get("name") ?? name,
    uniqueId: values.get("uniqueid") ?? "",
    state: values.get("state") ?? "",
    ifId: number(values, "if-id-in", 16),
    cipher: [values.get("encr-alg"), values.get("encr-keysize")].filter((part) => part !== undefined).join("-"),
    ageSeconds: number(values, "install-time"),
    rekeyInSeconds: number(values, "rekey-time"),
    bytesIn: number(values, "bytes-in") ?? 0,
    bytesOut: number(values, "bytes-out") ?? 0,
  };
}

function number(values: ReadonlyMap<string, string>, key: string, radix = 10): number | undefined {
  const parsed = Number.parseInt(values.get(key) ?? "", radix);
  return Number.isNaN(parsed) ? undefined : parsed;
}
