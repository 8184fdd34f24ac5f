import type { Connection, Link, LinkEnd } from "./plan";

/** `fra1->tyo1`, what the state knows a connection by; an endpoint's serial is written where it is not 0. It holds nothing that may be edited. */
export function connectionName({ local, remote }: Pick<Connection, "local" | "remote">): string {
  return `${endName(local)}->${endName(remote)}`;
}

/** `fra1 - tyo1`, of a link. */
export function linkName({ a }: Link): string {
  return linkNameOf(a);
}

/** The same name, from either of the link's two connections. */
export function linkNameOf({ local, remote }: Pick<Connection, "local" | "remote">): string {
  const [a, b] = local.nodeId < remote.nodeId ? [local, remote] : [remote, local];
  return `${endName(a)} - ${endName(b)}`;
}

function endName({ node, serial }: LinkEnd): string {
  return serial === 0 ? node : `${node}.${serial}`;
}
