/** What differs between two property maps, by the rules of the engine's object diff (pulumi/pulumi sdk/go/common/resource/properties_diff.go). */
import { isMap, isSecret, plain, type PropertyMap, type PropertyValue } from "./propertyValue";

/** How the value at a path changed. */
export type ChangeKind = "add" | "delete" | "update";

/** Changed paths (`connection.port`, `triggers[0]`, `environment["a.b"]`) with the kind of each change. */
export type Changes = ReadonlyMap<string, ChangeKind>;

/** True when both values are equal once secret marks are taken away; the order of keys does not count. */
export function equalIgnoringSecrets(a: PropertyValue, b: PropertyValue): boolean {
  return equal(plain(a), plain(b));
}

/** Every changed path between two maps. A change inside a secret is reported at the secret, so that no display shows its parts. */
export function diffMaps(olds: PropertyMap, news: PropertyMap): Changes {
  const changes = new Map<string, ChangeKind>();
  collectMap("", olds, news, changes);
  return changes;
}

function collectMap(prefix: string, olds: PropertyMap, news: PropertyMap, changes: Map<string, ChangeKind>): void {
  for (const name of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    collect(`${prefix}${pathSegment(name, prefix === "")}`, olds[name] ?? null, news[name] ?? null, changes);
  }
}

function collect(path: string, old: PropertyValue, now: PropertyValue, changes: Map<string, ChangeKind>): void {
  if (equalIgnoringSecrets(old, now)) return;
  if (old === null) changes.set(path, "add");
  else if (now === null) changes.set(path, "delete");
  else if (isSecret(old) || isSecret(now)) changes.set(path, "update");
  else if (Array.isArray(old) && Array.isArray(now)) collectArray(path, old, now, changes);
  else if (isMap(old) && isMap(now)) collectMap(path, old, now, changes);
  else changes.set(path, "update");
}

function collectArray(
  path: string,
  olds: PropertyValue[],
  news: PropertyValue[],
  changes: Map<string, ChangeKind>,
): void {
  for (let index = 0; index < Math.max(olds.length, news.length); index++) {
    collect(`${path}[${index}]`, olds[index] ?? null, news[index] ?? null, changes);
  }
}

function pathSegment(name: string, first: boolean): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `[${JSON.stringify(name)}]`;
  return first ? name : `.${name}`;
}

function equal(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isMap(a) || !isMap(b)) return a === b;
  const present = (map: PropertyMap): string[] => Object.keys(map).filter((name) => map[name] !== null);
  const names = present(a);
  return names.length === present(b).length && names.every((name) => equal(a[name], b[name]));
}
