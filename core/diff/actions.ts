import { charonNamesIn } from "../render/charonName";
import { hostPaths, type HostFile } from "../render/hostFile";

/**
 * Something that a host does when its files change, in the words of `apply`'s list of what is to be done (host/apply.sh, note_consequences), or what becomes of the
 * security associations of a connection, in the words for them there (host/associations.sh):
 *
 * - `load` takes connections anew into charon, without harm to what runs
 * - `former NAME`: the initiator re-establishes it beside what runs; `revoked NAME`: what runs was made with a key that is no longer accepted, and is
 *   terminated at once; `gone NAME`: so is what runs of a connection that is no more
 * - `links` makes, mends and takes away interfaces, addresses and routes
 * - `join INTERFACE` and `leave INTERFACE` are babeld's, at its control socket
 */
export type Action =
  | "load"
  | `former ${string}`
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
  | "modules"
  | "networkd";

/** What `apply` does on a host that has the one files and is given the others, sorted. */
export function actionsBetween(before: readonly HostFile[], after: readonly HostFile[]): readonly Action[] {
  const had = new Map(before.map(({ path, content }) => [path, content]));
  const has = new Map(after.map(({ path, content }) => [path, content]));
  const paths = [...has.keys()].filter((path) => had.get(path) !== has.get(path));
  const gone = [...had.keys()].filter((path) => !has.has(path));
  return [...new Set([...paths, ...gone].flatMap((path) => consequences(path, had, has)))].sort();
}

type Contents = ReadonlyMap<string, string>;

function consequences(path: string, had: Contents, has: Contents): readonly Action[] {
  if (isConnection(path)) return ["load", ...fate(had.get(path) ?? "", has.get(path) ?? "")];
  switch (path) {
    case hostPaths.swanctlTemplates:
      return ["load"];
    case hostPaths.links:
      return ["links"];
    case hostPaths.firewall:
    case hostPaths.underlay:
      return ["firewall"];
    case hostPaths.charon:
      return settings(had.get(path)) === settings(has.get(path)) ? [] : ["charon-restart"];
    case hostPaths.babeld:
      return babeldActions(had.get(path), has.get(path) ?? "");
    case hostPaths.names:
      return has.has(path) ? ["names"] : ["names", "load"];
    case hostPaths.uplinks:
      return ["uplinks"];
    case hostPaths.metrics:
      return [];
    case hostPaths.modules:
      return ["modules"];
    case hostPaths.networkd:
      return ["networkd"];
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

function isConnection(path: string): boolean {
  return path !== hostPaths.swanctlTemplates && path.startsWith(`${hostPaths.swanctlConnections}/`);
}

/** What becomes of the security associations of a connection when its file changes; of those that were made with the key that was in use before. */
function fate(before: string, after: string): readonly Action[] {
  const [had] = charonNamesIn(before);
  const [now, ...others] = charonNamesIn(after);
  if (had === undefined) return [];
  if (now === undefined) return [`gone ${had.connection}`];
  if (had.key === now.key && had.settings === now.settings) return [];
  const isAccepted = [now, ...others].some((name) => name.key === had.key);
  return [`${isAccepted ? "former" : "revoked"} ${had.connection}`];
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
