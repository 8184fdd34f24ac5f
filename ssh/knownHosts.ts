import { readFile } from "node:fs/promises";
import type { HostKey } from "./hostKey";
import { isHashedField, knownHostsName, matchesHostField } from "./hostPattern";
import { SshError } from "./failure";
import { errorMessage, systemErrorCode } from "./systemError";

/** An OpenSSH known_hosts file, parsed. */
export interface KnownHosts {
  /** Path, for messages. */
  readonly file: string;
  readonly entries: readonly KnownHostsEntry[];
  /** Lines that were not used, and why: as OpenSSH does, one bad line does not spoil the file. */
  readonly ignored: readonly IgnoredLine[];
}

/** One line: a key, and the hosts that it is good for, or that must never be trusted with it. */
export interface KnownHostsEntry {
  /** 1-based. */
  readonly line: number;
  readonly kind: "trusted" | "revoked";
  /** First field: patterns or a hashed name. */
  readonly hosts: string;
  readonly key: HostKey;
}

/** A line that says nothing to us. */
export interface IgnoredLine {
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
}

/** Parses the text of a known_hosts file. Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export function parseKnownHosts(text: string, file: string): KnownHosts {
  const entries: KnownHostsEntry[] = [];
  const ignored: IgnoredLine[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const fields = content.trim().split(/[ \t]+/);
    if (fields[0] === "" || fields[0]?.startsWith("#") === true) continue;
    const parsed = parseFields(fields, index + 1);
    if ("reason" in parsed) ignored.push(parsed);
    else entries.push(parsed);
  }
  return { file, entries, ignored };
}

/**
 * Reads a known_hosts file. A file that is not there is one without entries: each host is then reported as unknown, with the way to add it.
 *
 * @throws SshError with cause `no-known-hosts`.
 */
export async function readKnownHosts(file: string): Promise<KnownHosts> {
  try {
    return parseKnownHosts(await readFile(file, "utf8"), file);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return { file, entries: [], ignored: [] };
    throw new SshError(
      "no-known-hosts",
      `the known_hosts file ${file} cannot be read: ${errorMessage(error)}\n    fix: pulumi config set fullmesh:knownHosts FILE, with a file that you may read and not a folder`,
    );
  }
}

/**
 * The keys that are good for a host. On a port other than 22 only `[host]:port` entries count: ssh itself falls back to the entry without
 * a port, but what is behind another port is often another machine.
 */
export function hostKeysFor(known: KnownHosts, host: string, port: number): readonly HostKey[] {
  return entriesOfKind(known, "trusted", host, port).map(({ key }) => key);
}

/** The keys that a host must not be trusted with: `@revoked`. */
export function revokedKeysFor(known: KnownHosts, host: string, port: number): readonly HostKey[] {
  return entriesOfKind(known, "revoked", host, port).map(({ key }) => key);
}

/** The lines with the keys that a host may show: those that are good for it, and not revoked. */
export function acceptedEntriesFor(known: KnownHosts, host: string, port: number): readonly KnownHostsEntry[] {
  const revoked = new Set(revokedKeysFor(known, host, port).map(({ base64 }) => base64));
  return entriesOfKind(known, "trusted", host, port).filter(({ key }) => !revoked.has(key.base64));
}

function entriesOfKind(
  known: KnownHosts,
  kind: KnownHostsEntry["kind"],
  host: string,
  port: number,
): readonly KnownHostsEntry[] {
  const name = knownHostsName(host, port);
  return known.entries.filter((entry) => entry.kind === kind && matchesHostField(entry.hosts, name));
}

function parseFields(fields: readonly string[], line: number): KnownHostsEntry | IgnoredLine {
  const marker = fields[0]?.startsWith("@") === true ? fields[0] : undefined;
  const [hosts, type, base64] = marker === undefined ? fields : fields.slice(1);
  if (marker === "@cert-authority") {
    return { line, reason: "@cert-authority: host certificates are not supported, add the host's own key" };
  }
  if (marker !== undefined && marker !== "@revoked") return { line, reason: `unknown marker ${marker}` };
  if (hosts === undefined || type === undefined || base64 === undefined) {
    return { line, reason: "not of the form `hosts type key`" };
  }
  if (hosts.startsWith("|") && !isHashedField(hosts))
    return { line, reason: "not a hashed name of the form |1|salt|hash" };
  if (!isWireForm(type, base64)) return { line, reason: `the key is not a valid ${type} key` };
  return { line, kind: marker === undefined ? "trusted" : "revoked", hosts, key: { type, base64 } };
}

/** The wire form begins with the type, as a string counted in 4 bytes. */
function isWireForm(type: string, base64: string): boolean {
  const wire = Buffer.from(base64, "base64");
  return (
    wire.length > 4 + type.length &&
    wire.readUInt32BE(0) === type.length &&
    wire.toString("latin1", 4, 4 + type.length) === type
  );
}
