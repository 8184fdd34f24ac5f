import { hostPaths, type HostFile } from "../render/hostFile";

/**
 * Something that `apply` does on a host when its files change, in the words of its list of what is to be done (host/apply.sh, note_consequences):
 *
 * - `load` takes connections anew into charon, without harm to what runs
 * - `changed NAME` has the security associations of a connection made anew beside those that run, by the side that dials; `revoked NAME` does the same, and those
 *   which run are ended in any case; `gone NAME` ends those of a connection that is no more
 * - `links` makes, mends and takes away interfaces, addresses and routes
 * - `join INTERFACE` and `leave INTERFACE` are babeld's, at its control socket
 */
export type Action =
  | "load"
  | `changed ${string}`
  | `revoked ${string}`
  | `gone ${string}`
  | "links"
  | "firewall"
  | "charon-restart"
  | "babeld-restart"
  | `join ${string}`
  | `leave ${string}`
  | "names"
  | "uplinks"
  | "units"
  | "modules";

/** What `apply` does on a host that has the one files and is given the others, sorted. */
export function actionsBetween(before: readonly HostFile[], after: readonly HostFile[]): readonly Action[] {
  const had = new Map(before.map(({ path, content }) => [path, content]));
  const has = new Map(after.map(({ path, content }) => [path, content]));
  const paths = [...new Set([...had.keys(), ...has.keys()])].filter((path) => had.get(path) !== has.get(path));
  return [...new Set(paths.flatMap((path) => consequences(path, had, has)))].sort();
}

type Contents = ReadonlyMap<string, string>;

function consequences(path: string, had: Contents, has: Contents): readonly Action[] {
  const connection = connectionOf(path);
  if (connection !== undefined) return connectionActions([connection], had.get(path), has.get(path));
  switch (path) {
    case hostPaths.swanctlTemplates:
      return connectionActions(connections(had), had.get(path), has.get(path));
    case hostPaths.links:
      return ["links"];
    case hostPaths.firewall:
    case hostPaths.hostFirewall:
      return ["firewall"];
    case hostPaths.charon:
      return settings(had.get(path)) === settings(has.get(path)) ? [] : ["charon-restart"];
    case hostPaths.babeld:
      return babeldActions(had.get(path), has.get(path) ?? "");
    case hostPaths.names:
      return has.has(path) ? ["names"] : ["names", "load"];
    case hostPaths.uplinks:
      return ["uplinks"];
    case hostPaths.modules:
      return ["modules"];
  }
  const isBabeld = path.endsWith("/fullmesh-babeld.service");
  return isBabeld && settings(had.get(path)) !== settings(has.get(path)) ? ["units", "babeld-restart"] : ["units"];
}

const isComment = /^ *#/;

/** What a file says to a daemon. */
function settings(content: string | undefined): string | undefined {
  return content
    ?.split("\n")
    .filter((line) => !isComment.test(line))
    .join("\n");
}

function connectionOf(path: string): string | undefined {
  if (path === hostPaths.swanctlTemplates || !path.startsWith(`${hostPaths.swanctlConnections}/`)) return undefined;
  return path.slice(hostPaths.swanctlConnections.length + 1, -".conf".length);
}

/** What a change of the connections' file asks for, of their own or of what all have in common. */
function connectionActions(
  names: readonly string[],
  before: string | undefined,
  after: string | undefined,
): readonly Action[] {
  if (after === undefined) return names.map((name): Action => `gone ${name}`);
  const change = before === undefined ? undefined : connectionChange(before, after);
  return ["load", ...(change === undefined ? [] : names.map((name): Action => `${change} ${name}`))];
}

/** What becomes of what runs, as host/apply.sh's function connection_change says it: nothing, where a key is accepted that was not, or another preshared key. */
function connectionChange(before: string, after: string): "changed" | "revoked" | undefined {
  const [had, has] = [keysAndRest(before), keysAndRest(after)];
  if (had.keys.some((key) => !has.keys.includes(key))) return "revoked";
  const added = had.rest === has.rest && had.keys.every((key, index) => has.keys[index] === key);
  return added ? undefined : "changed";
}

/** The keys of a file, and its lines without any. */
function keysAndRest(content: string): { readonly keys: readonly string[]; readonly rest: string } {
  const answers = / : fullmesh-answers \{$/m.test(content);
  const lines = content
    .split("\n")
    .filter((line) => !line.startsWith("# Managed by ") && !(answers && /^ *ppk_id = /.test(line)));
  const hasKey = (line: string): boolean => line.includes("0s");
  return {
    keys: lines.filter(hasKey).flatMap((line) => line.match(/0s[^, ]*/g) ?? []),
    rest: lines.filter((line) => !hasKey(line)).join("\n"),
  };
}

function connections(files: Contents): readonly string[] {
  return [...files.keys()].flatMap((path) => connectionOf(path) ?? []);
}

/** Interfaces come and go in the running babeld; any other change restarts it. */
function babeldActions(before: string | undefined, after: string): readonly Action[] {
  if (before === undefined) return ["babeld-restart"];
  const [old, now] = [interfaceLines(before), interfaceLines(after)];
  const joins = [...now.lines].filter(([name]) => !old.lines.has(name)).map(([name]): Action => `join ${name}`);
  const leaves = [...old.lines.keys()].filter((name) => !now.lines.has(name)).map((name): Action => `leave ${name}`);
  const differs = [...now.lines].some(([name, line]) => old.lines.has(name) && old.lines.get(name) !== line);
  return [...joins, ...leaves, ...(differs || old.rest !== now.rest ? (["babeld-restart"] as const) : [])];
}

function interfaceLines(content: string): { readonly lines: Contents; readonly rest: string } {
  const lines = content.split("\n").filter((line) => !isComment.test(line));
  const isInterface = (line: string): boolean => line.startsWith("interface ");
  return {
    lines: new Map(lines.filter(isInterface).map((line) => [line.split(" ")[1] ?? "", line])),
    rest: lines.filter((line) => !isInterface(line)).join("\n"),
  };
}
