import { createHmac, timingSafeEqual } from "node:crypto";

const defaultPort = 22;

/** How known_hosts names a host: as it is on port 22, else `[host]:port`. Lower case, as OpenSSH compares. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === defaultPort ? name : `[${name}]:${port}`;
}

/**
 * Whether the first field of a known_hosts line speaks of the host with this name (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): a hashed name, or a
 * list of patterns with `*` and `?`, of which none with `!` may match.
 */
export function matchesHostField(field: string, name: string): boolean {
  if (field.startsWith("|")) return matchesHashed(field, name);
  const patterns = field.toLowerCase().split(",");
  const negated = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matchesPattern(pattern, name))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matchesPattern(pattern, name));
}

/** Whether a field that begins like a hashed name is one: `|1|salt|hash`. */
export function isHashedField(field: string): boolean {
  return /^\|1\|[A-Za-z0-9+/]+=*\|[A-Za-z0-9+/]+=*$/.test(field);
}

/** The hash is HMAC-SHA1 of the name, keyed with the salt. */
function matchesHashed(field: string, name: string): boolean {
  const [, , salt, hash] = field.split("|");
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matchesPattern(pattern: string, name: string): boolean {
  // Most are plain names, and a large mesh compares each of its own with each of the file's.
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = pattern.replace(/[^*?]/g, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su").test(name);
}
