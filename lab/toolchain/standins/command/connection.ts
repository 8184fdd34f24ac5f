/** The `connection` of a remote.Command: what it may hold, its defaults, and its SSH meaning. */
import { plainMap, type PropertyMap, type PropertyValue } from "../plugin/propertyValue";
import type { CheckFailure } from "../plugin/resource";
import { insideSecret, markSecrets, shapeFailures, type Shape } from "./inputs";

/** How to reach a host. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly privateKey: string | undefined;
  readonly privateKeyPassword: string | undefined;
  readonly agentSocketPath: string | undefined;
  /** Retries after the first failed dial; -1 means without end. */
  readonly dialErrorLimit: number;
  /** Time limit for the TCP connection alone; 0 means none. */
  readonly perDialTimeoutSeconds: number;
  /** One public key in the format of authorized_keys; any host key is accepted without it. */
  readonly hostKey: string | undefined;
}

const SHAPE: Shape = {
  kinds: {
    host: "string",
    port: "number",
    user: "string",
    password: "string",
    privateKey: "string",
    privateKeyPassword: "string",
    agentSocketPath: "string",
    dialErrorLimit: "number",
    perDialTimeout: "number",
    hostKey: "string",
    proxy: "map",
  },
  secrets: ["password", "privateKey", "privateKeyPassword"],
  required: ["host"],
};

const DEFAULTS: PropertyMap = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

/** What is wrong with a connection. */
export function connectionFailures(connection: PropertyMap): CheckFailure[] {
  const failures = shapeFailures(SHAPE, "connection.", connection);
  if ((connection.proxy ?? null) !== null) {
    failures.push({
      property: "connection.proxy",
      reason: "this stand-in for the official command provider cannot dial through a proxy",
    });
  }
  return failures;
}

/** The connection with defaults, and with its keys and passwords marked secret one by one, as the official provider stores it. */
export function checkedConnection(connection: PropertyValue): PropertyValue {
  return insideSecret(connection, (fields) => markSecrets(SHAPE, { ...DEFAULTS, ...withoutNulls(fields) }));
}

/** Reads a checked connection. */
export function readConnection(connection: PropertyMap): Connection {
  const fields: PropertyMap = { ...DEFAULTS, ...withoutNulls(plainMap(connection)) };
  const text = (name: string): string | undefined => (typeof fields[name] === "string" ? fields[name] : undefined);
  return {
    host: text("host") ?? "",
    port: Number(fields.port),
    user: text("user") ?? "root",
    password: text("password"),
    privateKey: text("privateKey"),
    privateKeyPassword: text("privateKeyPassword"),
    agentSocketPath: text("agentSocketPath") ?? environmentAgent(),
    dialErrorLimit: Number(fields.dialErrorLimit),
    perDialTimeoutSeconds: Number(fields.perDialTimeout),
    hostKey: text("hostKey"),
  };
}

function environmentAgent(): string | undefined {
  const socketPath = process.env.SSH_AUTH_SOCK;
  return socketPath === "" ? undefined : socketPath;
}

function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}
