/** Name of a node's key in the state. The first has the node's own, and no node has a dot in its name. */
export function keyName(node: string, key: number): string {
  return key === 1 ? node : `${node}.key${key}`;
}
