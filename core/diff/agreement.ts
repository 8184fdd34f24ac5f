import { hostPaths, type HostFile } from "../render/hostFile";

/** Lines of a connection, and of what all have in common, that mean nothing to its other end: with the old ones there, a link works with the new ones here. */
const ownBusiness =
  /^\s*(#|\}|(children|overlay) \{|fm\S+_\S+ : |local_addrs|ppk_id|remote_addrs|if_id_|set_mark_out|(dpd|start|close)_\w+ |keyingtries|replay_window)/;

/**
 * Connections that are there before and after, and on which the two ends must agree anew: such a link may be down from when one end has its new files until
 * the other has them too.
 *
 * @param before a node's files
 * @param after the same node's
 */
export function toAgreeAnew(before: readonly HostFile[], after: readonly HostFile[]): ReadonlySet<string> {
  const [had, has] = [agreements(before), agreements(after)];
  return new Set([...has.keys()].filter((name) => had.has(name) && had.get(name) !== has.get(name)));
}

/** The names of the connections that a node's files have. */
export function connectionsIn(files: readonly HostFile[]): ReadonlySet<string> {
  return new Set(agreements(files).keys());
}

function agreements(files: readonly HostFile[]): ReadonlyMap<string, string> {
  const common = files.find(({ path }) => path === hostPaths.swanctlTemplates)?.content ?? "";
  return new Map(
    files
      .filter(({ path }) => path !== hostPaths.swanctlTemplates && path.startsWith(`${hostPaths.swanctlConnections}/`))
      .map(({ path, content }) => [
        path.slice(hostPaths.swanctlConnections.length + 1, -".conf".length),
        `${common}${content}`
          .split("\n")
          .filter((line) => !ownBusiness.test(line))
          .join("\n"),
      ]),
  );
}
