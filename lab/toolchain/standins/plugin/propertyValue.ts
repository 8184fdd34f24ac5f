/**
 * Property values as the engine sends them: JSON in a protobuf Struct, where secrets and unknowns are marked by fixed signatures
 * (pulumi/pulumi sdk/nodejs/runtime/rpc.ts and sdk/go/common/resource/plugin/rpc.go define the same ones).
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** One property value on the wire. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;

/** A resource's inputs or outputs, by property name. */
export interface PropertyMap {
  [name: string]: PropertyValue;
}

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** Stands, in a preview, for a value that is known only after the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine has one unknown for each kind of value; the Node SDK sends the first. */
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** True for a plain JSON object, secret envelopes included. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a value in a secret envelope; its nested values are not looked at. */
export function isSecret(value: PropertyValue | undefined): boolean {
  return isMap(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** The value in a secret envelope; a value that is already in one stays as it is. */
export function secret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** The value without its outermost secret envelope. */
export function unwrap(value: PropertyValue | undefined): PropertyValue | undefined {
  return isMap(value) && isSecret(value) ? value.value : value;
}

/** The value without any secret envelope, at any depth. */
export function plain(value: PropertyValue): PropertyValue {
  const bare = unwrap(value) ?? null;
  if (Array.isArray(bare)) return bare.map(plain);
  return isMap(bare) ? plainMap(bare) : bare;
}

/** {@link plain} for each property of a map. */
export function plainMap(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, plain(value)]));
}

/** True when the value, or any value in it, is unknown. */
export function containsUnknown(value: PropertyValue | undefined): boolean {
  if (typeof value === "string") return UNKNOWNS.has(value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isMap(value) && Object.values(value).some(containsUnknown);
}

/** Decodes a Struct; an absent one is empty. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct?.toJavaScript() ?? {};
}

/** Encodes a map for the wire. */
export function toStruct(map: PropertyMap): Struct {
  return Struct.fromJavaScript(map);
}
