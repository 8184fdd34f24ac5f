import { z } from "zod";
import { canonicalHost, parseIpAddress, parseIpNetwork, type IpAddress, type IpNetwork } from "./addresses";
import { nodeIdSchema, nodeSchema } from "./nodeSchema";
import type { Place } from "./problem";
import { publicKeyOf, type PublicKey } from "./publicKey";
import { policySchema } from "./policySchema";
import { retiredSchema } from "./retiredSchema";
import type { AddressFamily, PolicyPlaces } from "./registry";
import { valueAt, type Path, type YamlSource } from "./yamlSource";

/*
 * What each file lays claim to, value by value. The rules between values and between files look at claims, not at parsed nodes, so that one
 * bad value in a file does not hide that its other values collide: all errors at once.
 */

/** A value and where it is written. */
export interface Claim<T> {
  readonly value: T;
  readonly place: Place;
}

/** What is valid in itself of one endpoint. */
export interface EndpointClaims {
  readonly index: number;
  readonly serial?: Claim<number>;
  readonly family?: Claim<AddressFamily>;
  readonly address?: Claim<IpAddress>;
  readonly dnsName?: Claim<string>;
  readonly port?: Claim<number>;
  readonly mtu?: Claim<number>;
  readonly interface?: Claim<string>;
  readonly source?: Claim<IpAddress>;
  /** Where the endpoint is written. */
  readonly place: Place;
}

/** A network as written, and as it should have been. */
export interface PrefixClaim extends Claim<IpNetwork> {
  readonly written: string;
}

/** What is valid in itself of one node file. */
export interface NodeClaims {
  readonly name: string;
  readonly id?: Claim<number>;
  readonly organization?: Claim<string>;
  /** The file's name where it is not written. */
  readonly commonName?: Claim<string>;
  readonly managed?: Claim<boolean>;
  readonly publicKey?: Claim<PublicKey>;
  /** Where the field is written, good or bad. */
  readonly publicKeyPlace?: Place;
  /** Where the field is written, good or bad. */
  readonly sshPlace?: Place;
  /** Where the field is written, good or bad. */
  readonly isolationPlace?: Place;
  readonly keysPlace?: Place;
  readonly tags: readonly Claim<string>[];
  readonly sshHost?: Claim<string>;
  readonly sshPort?: Claim<number>;
  /** Hosts of the bastions before it. */
  readonly bastions: readonly Claim<string>[];
  readonly endpoints: readonly EndpointClaims[];
  readonly prefixes: readonly PrefixClaim[];
}

/** What is valid in itself of one entry of the list of retired ids. */
export interface RetiredClaims {
  readonly id: Claim<number>;
  readonly name: string;
}

/** All claims of one registry, and the overlay networks of its mesh. */
export interface RegistryClaims {
  readonly nodes: readonly NodeClaims[];
  readonly retired: readonly RetiredClaims[];
  /** Every tag that the policy speaks of. */
  readonly policyTags: readonly Claim<string>[];
  readonly overlays: readonly Overlay[];
  /** The organizations whose nodes may be in it; empty for any. */
  readonly organizations: readonly string[];
}

/** An overlay network and the setting that it comes from. */
export interface Overlay {
  readonly setting: string;
  readonly network: IpNetwork;
}

const { organization, commonName, managed, publicKey } = nodeSchema.shape;
const ssh = nodeSchema.shape.ssh.unwrap().shape;
const bastion = ssh.jump.unwrap().element.shape;
const endpoint = nodeSchema.shape.endpoints.element.shape;

/** The claims of a node file. */
export function claimsOfNode(name: string, source: YamlSource): NodeClaims {
  const prefixes: PrefixClaim[] = [];
  for (const { value: written, place } of listOf(source, ["prefixes"], z.string())) {
    const value = parseIpNetwork(written);
    if (value) prefixes.push({ value, place, written });
  }
  const key = claim(source, ["publicKey"], publicKey.unwrap());
  return {
    name,
    ...named("id", claim(source, ["id"], nodeIdSchema)),
    ...named("organization", claim(source, ["organization"], organization)),
    ...named("commonName", claim(source, ["commonName"], commonName.unwrap().default(name))),
    ...named("managed", claim(source, ["managed"], managed)),
    ...named("publicKey", key && { ...key, value: publicKeyOf(key.value) }),
    ...named("publicKeyPlace", writtenPlace(source, "publicKey")),
    ...named("sshPlace", writtenPlace(source, "ssh")),
    ...named("isolationPlace", writtenPlace(source, "isolation")),
    ...named("keysPlace", writtenPlace(source, "keys")),
    tags: listOf(source, ["tags"], z.string()),
    ...named("sshHost", claim(source, ["ssh", "host"], ssh.host)),
    ...named("sshPort", claim(source, ["ssh", "port"], ssh.port)),
    bastions: indexesOf(source, ["ssh", "jump"]).flatMap(
      (index) => claim(source, ["ssh", "jump", index, "host"], bastion.host) ?? [],
    ),
    endpoints: indexesOf(source, ["endpoints"]).map((index) => claimsOfEndpoint(index, source)),
    prefixes,
  };
}

/** The claims of the file of retired ids. */
export function claimsOfRetired(source: YamlSource): RetiredClaims[] {
  const entry = retiredSchema.shape.retired.element.shape;
  return indexesOf(source, ["retired"]).flatMap((index) => {
    const id = claim(source, ["retired", index, "id"], nodeIdSchema);
    const name = claim(source, ["retired", index, "name"], entry.name);
    return id ? [{ id, name: name?.value ?? "a node" }] : [];
  });
}

/** The tags that the policy file speaks of. */
export function claimsOfPolicy(source: YamlSource): Claim<string>[] {
  const tag = policySchema.shape.exclude.unwrap().element.shape.tag;
  const each = (list: string, ...names: readonly string[]): Claim<string>[] =>
    indexesOf(source, [list]).flatMap((index) =>
      names.flatMap((name) => claim(source, [list, index, name], tag) ?? []),
    );
  const hubs = indexesOf(source, ["leaves"]).flatMap((index) => listOf(source, ["leaves", index, "hubs"], tag));
  return [
    ...each("leaves", "tag"),
    ...hubs,
    ...each("exclude", "tag", "from"),
    ...listOf(source, ["transit"], tag),
    ...each("allow", "from", "to"),
  ];
}

/** Where the policy file has what messages point at. */
export function placesOfPolicy(source: YamlSource): PolicyPlaces {
  const each = (path: Path): readonly Place[] =>
    indexesOf(source, path).map((index) => source.valuePlace([...path, index]));
  return {
    survive: source.valuePlace(["require", "survive"]),
    allow: each(["allow"]),
    tests: indexesOf(source, ["tests"]).map((index) => ({
      from: source.valuePlace(["tests", index, "from"]),
      accept: each(["tests", index, "accept"]),
      deny: each(["tests", index, "deny"]),
    })),
  };
}

function claimsOfEndpoint(index: number, source: YamlSource): EndpointClaims {
  const path = ["endpoints", index];
  const host = claim(source, [...path, "address"], endpoint.address.unwrap());
  const address = addressIn(host);
  return {
    index,
    ...named("serial", claim(source, [...path, "serial"], endpoint.serial)),
    ...named("family", claim(source, [...path, "family"], endpoint.family)),
    ...named("address", address),
    ...named("dnsName", host && !address ? { ...host, value: canonicalHost(host.value) } : undefined),
    ...named("port", claim(source, [...path, "port"], endpoint.port)),
    ...named("mtu", claim(source, [...path, "mtu"], endpoint.mtu)),
    ...named("interface", claim(source, [...path, "interface"], endpoint.interface.unwrap())),
    ...named("source", addressIn(claim(source, [...path, "source"], z.string()))),
    place: source.valuePlace(path),
  };
}

function addressIn(text: Claim<string> | undefined): Claim<IpAddress> | undefined {
  const value = text && parseIpAddress(text.value);
  return value && { value, place: text.place };
}

function writtenPlace(source: YamlSource, name: string): Place | undefined {
  return valueAt(source.value, [name]) === undefined ? undefined : source.keyPlace([name]);
}

/** The value at the path, or its default, if the schema accepts it. */
function claim<S extends z.ZodType>(source: YamlSource, path: Path, schema: S): Claim<z.output<S>> | undefined {
  const result = schema.safeParse(valueAt(source.value, path));
  return result.success ? { value: result.data, place: source.valuePlace(path) } : undefined;
}

function listOf<S extends z.ZodType>(source: YamlSource, path: Path, schema: S): Claim<z.output<S>>[] {
  return indexesOf(source, path).flatMap((index) => claim(source, [...path, index], schema) ?? []);
}

/** The indexes of the list at the path; none if there is no list. */
function indexesOf(source: YamlSource, path: Path): number[] {
  const value = valueAt(source.value, path);
  return Array.isArray(value) ? value.map((_, index) => index) : [];
}

/** An optional property that is absent rather than undefined. */
function named<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
