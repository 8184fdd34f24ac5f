import { createHash } from "node:crypto";
import type { PublicKey } from "../registry/publicKey";

/** Hexadecimal digits of each digest: no two of what one connection has had are alike by chance. */
const digits = 8;

const shape = /^(?<connection>fm[0-9a-z-]+)_(?<key>[0-9a-f]{8})_(?<settings>[0-9a-f]{8})$/;

/** What a name in charon says. */
export interface CharonName {
  /** The connection's name in the plan, which is its interface's. */
  readonly connection: string;
  /** Digest of the one key of the peer that it accepts. */
  readonly key: string;
  /** Digest of all other settings. */
  readonly settings: string;
}

/**
 * Name of a connection in charon, `fm200-nyc1_0f8c3a52_9d41e07b`. charon keeps the name that an IKE_SA was set up with through all its rekeyings (strongSwan,
 * ike_rekey.c: the new one has the peer_cfg of the old), and no CHILD_SA outlives its IKE_SA: so the name of a security association says what it was made with.
 *
 * @param settings all of the connection but the key
 */
export function charonName(connection: string, key: PublicKey, settings: string): string {
  return `${connection}_${digestOfKey(key)}_${digest(settings)}`;
}

/** A key is in the files of all peers. */
const digestsOfKeys = new Map<PublicKey, string>();

function digestOfKey(key: PublicKey): string {
  const known = digestsOfKeys.get(key) ?? digest(key);
  digestsOfKeys.set(key, known);
  return known;
}

/** What a name says; undefined for one that is not ours. */
export function readCharonName(name: string): CharonName | undefined {
  const { connection, key, settings } = shape.exec(name)?.groups ?? {};
  if (connection === undefined || key === undefined || settings === undefined) return undefined;
  return { connection, key, settings };
}

/** Those of a connection's file, in its order. */
export function charonNamesIn(content: string): readonly CharonName[] {
  return content.split("\n").flatMap((line) => readCharonName(/^ {2}(\S+) : /.exec(line)?.[1] ?? "") ?? []);
}

/** The connection that a name in charon is of, as the plan calls it. A name that is not ours stands for itself. */
export function connectionOf(name: string): string {
  return readCharonName(name)?.connection ?? name;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
