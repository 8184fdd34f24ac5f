import type { AppliedBundle, OperatingSystem, RulesState, Service, SwitchedOff } from "./observation";

/** From /etc/os-release, os-release(5): shell assignments, with or without quotes. */
export function parseOsRelease(lines: readonly string[]): OperatingSystem {
  const value = (key: string) =>
    lines
      .find((line) => line.startsWith(`${key}=`))
      ?.slice(key.length + 1)
      .replace(/^(["'])(.*)\1$/, "$2") ?? "";
  return { id: value("ID"), versionId: value("VERSION_ID") };
}

/** From `systemctl show`: blocks of key=value, an empty line between units. */
export function parseServices(lines: readonly string[]): readonly Service[] {
  const blocks = lines
    .join("\n")
    .trim()
    .split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const values = new Map(
      block.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const unit = values.get("Id");
    if (unit === undefined) return [];
    const state = values.get("LoadState") === "not-found" ? "not-found" : (values.get("ActiveState") ?? "unknown");
    return [{ unit, state, restarts: Number(values.get("NRestarts") ?? 0) }];
  });
}

/** From a line with the seconds since 1970 and one of sha256sum(1); none where there is no bundle. */
export function parseBundle(lines: readonly string[]): AppliedBundle | "none" {
  const text = lines.join("\n").trim();
  if (text === "") return "none";
  const [, seconds, digest] = /^(\d{1,12})\n([0-9a-f]{16})[0-9a-f]{48}(?:\s|$)/.exec(text) ?? [];
  if (digest === undefined) throw new Error("it is no time and SHA-256");
  return { digest, appliedAtSeconds: Number(seconds) };
}

/** From the file that `switch` leaves while the mesh is off, after a line `yes`. */
export function parseSwitchedOff(lines: readonly string[]): SwitchedOff | "not" {
  if (!lines.includes("yes")) return "not";
  return lines.includes("open") ? "open" : "closed";
}

/** From what `firewall check` prints: a line where something is wrong. */
export function parseRules(lines: readonly string[]): RulesState {
  if (lines.includes("rules missing")) return "missing";
  return lines.includes("rules changed") ? "changed" : "loaded";
}
