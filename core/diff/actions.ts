import { hostPaths, type HostFile } from "../render/hostFile";

/**
 * Something that `apply` does on a host when its files change, in the words of its list of what is to be done (host/apply.sh, note_consequences):
 *
 * - `load` takes connections anew into charon, without harm to those that are as before; where this side dials, charon makes a changed one anew itself
 * - `changed NAME` ends the security associations of a connection that this side answers, `gone NAME` those of one that is no more
 * - `links` makes, mends and takes away interfaces, addresses and routes
 * - `join INTERFACE` and `leave INTERFACE` are babeld's, at its control socket
 */
export type Action =
  | "load"
  | `changed ${string}`
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
  if (connection !== undefined) return [connectionAction(connection, had.has(path), has.get(path))];
  switch (path) {
    case hostPaths.swanctlTemplates:
      return ["load", ...answering(had).map((name): Action => `changed ${name}`)];
    case hostPaths.links:
      return ["links"];
    case hostPaths.firewall:
    case hostPaths.vrfFirewall:
      return ["firewall"];
    case hostPaths.charon:
      return ["charon-restart"];
    case hostPaths.babeld:
      return babeldActions(had.get(path), has.get(path) ?? "");
    case hostPaths.names:
      return has.has(path) ? ["names"] : ["names", "load"];
    case hostPaths.uplinks:
      return ["uplinks"];
    case hostPaths.modules:
      return ["modules"];
  }
  return path.endsWith("/fullmesh-babeld.service") ? ["units", "babeld-restart"] : ["units"];
}

function connectionOf(path: string): string | undefined {
  if (path === hostPaths.swanctlTemplates || !path.startsWith(`${hostPaths.swanctlConnections}/`)) return undefined;
  return path.slice(hostPaths.swanctlConnections.length + 1, -".conf".length);
}

function connectionAction(name: string, wasThere: boolean, content: string | undefined): Action {
  if (content === undefined) return `gone ${name}`;
  return wasThere && isAnswering(content) ? `changed ${name}` : "load";
}

function isAnswering(content: string): boolean {
  return content.includes(": fullmesh-answers {");
}

function answering(files: Contents): readonly string[] {
  return [...files].flatMap(([path, content]) => {
    const name = connectionOf(path);
    return name !== undefined && isAnswering(content) ? [name] : [];
  });
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
  const lines = content.split("\n");
  const isInterface = (line: string): boolean => line.startsWith("interface ");
  return {
    lines: new Map(lines.filter(isInterface).map((line) => [line.split(" ")[1] ?? "", line])),
    rest: lines.filter((line) => !isInterface(line)).join("\n"),
  };
}
