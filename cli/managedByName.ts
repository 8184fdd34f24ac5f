/**
 * The managed nodes of those names.
 *
 * @throws Error that names those which are not among them
 */
export function managedByName<T extends { readonly name: string }>(
  managed: readonly T[],
  names: readonly string[],
  stack: string,
): readonly T[] {
  const unknown = names.filter((name) => !managed.some((node) => node.name === name));
  if (unknown.length > 0) throw new Error(`stack ${stack} has no managed node ${unknown.join(", ")}`);
  return managed.filter(({ name }) => names.includes(name));
}
