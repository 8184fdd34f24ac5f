import type { z } from "zod";
import { canonicalHost, networkOf } from "./addresses";
import {
  claimsOfNode,
  claimsOfPolicy,
  claimsOfRetired,
  placesOfPolicy,
  type Claim,
  type NodeClaims,
  type RetiredClaims,
} from "./claims";
import { isIpAddress } from "./fieldFormats";
import { meshSecretsSchema, type MeshSecretsFile } from "./meshSecretsSchema";
import { nodeSchema, type NodeFile } from "./nodeSchema";
import { policySchema, type PolicyFile } from "./policySchema";
import type { Problem } from "./problem";
import { publicKeyOf } from "./publicKey";
import type { Endpoint, Management, PolicyPlaces, RegistryNode, SshServer, SshTarget } from "./registry";
import { retiredSchema, type RetiredFile } from "./retiredSchema";
import { fieldName, schemaProblems } from "./schemaProblems";
import { readYaml, type YamlSource } from "./yamlSource";

/** What came of one file. `content` is only there if nothing is wrong with the file in itself; claims as far as they can be read. */
interface ParsedFile<Content, Claims> {
  readonly content?: Content;
  readonly claims?: Claims;
  readonly problems: readonly Problem[];
}

/** Reads one node file. The name comes from the file's name. */
export function parseNodeFile(path: string, text: string, name: string): ParsedFile<NodeFile, NodeClaims> {
  return parseFile(path, text, nodeSchema, "the node file", (source) => claimsOfNode(name, source));
}

/** Reads the file of retired ids. */
export function parseRetiredFile(path: string, text: string): ParsedFile<RetiredFile, RetiredClaims[]> {
  return parseFile(path, text, retiredSchema, "the file of retired ids", claimsOfRetired);
}

/** What is valid in itself of the policy file. */
interface PolicyClaims {
  readonly tags: readonly Claim<string>[];
  readonly places: PolicyPlaces;
}

/** Reads the policy file. */
export function parsePolicyFile(path: string, text: string): ParsedFile<PolicyFile, PolicyClaims> {
  return parseFile(path, text, policySchema, "the policy file", (source) => ({
    tags: claimsOfPolicy(source),
    places: placesOfPolicy(source),
  }));
}

/** Reads the file of the mesh's secrets. */
export function parseMeshSecretsFile(path: string, text: string): ParsedFile<MeshSecretsFile, undefined> {
  return parseFile(path, text, meshSecretsSchema, "the file of the mesh's secrets", () => undefined);
}

/** The node of a file that broke no rule, in canonical spelling. */
export function nodeOf(path: string, name: string, content: NodeFile): RegistryNode {
  const { id, organization, commonName = name, tags, endpoints, prefixes, remarks } = content;
  return {
    name,
    id,
    organization,
    commonName,
    tags,
    ...managementOf(content),
    endpoints: endpoints.map(endpointOf).sort((a, b) => a.serial - b.serial),
    prefixes: prefixes.map((prefix) => networkOf(prefix).text),
    ...(remarks === undefined ? {} : { remarks }),
    file: path,
  };
}

function managementOf({ managed, ssh, isolation, keys, publicKey }: NodeFile): Management {
  if (managed && ssh) return { managed, ssh: sshTargetOf(ssh), isolation, keys };
  if (!managed && publicKey !== undefined) return { managed, publicKey: publicKeyOf(publicKey) };
  throw new Error("a node without ssh or publicKey; the schema lets none through");
}

function sshTargetOf({ jump, ...server }: NonNullable<NodeFile["ssh"]>): SshTarget {
  const canonical = (written: SshServer): SshServer => ({ ...written, host: canonicalHost(written.host) });
  return { ...canonical(server), ...(jump === undefined ? {} : { jump: jump.map(canonical) }) };
}

function endpointOf({ serial, family, address, port, mtu, cost, ...uplink }: NodeFile["endpoints"][number]): Endpoint {
  const host = address === undefined ? undefined : canonicalHost(address);
  const isAddress = host !== undefined && isIpAddress(host);
  const source = uplink.source === undefined ? (isAddress ? host : undefined) : canonicalHost(uplink.source);
  return {
    serial,
    family,
    port,
    mtuBytes: mtu,
    extraCost: cost,
    ...(host === undefined ? {} : isAddress ? { address: host } : { dnsName: host }),
    ...(uplink.interface === undefined
      ? {}
      : { uplink: { interface: uplink.interface, ...(source === undefined ? {} : { source }) } }),
  };
}

function parseFile<S extends z.ZodType, Claims>(
  path: string,
  text: string,
  schema: S,
  what: string,
  claimsOf: (source: YamlSource) => Claims,
): ParsedFile<z.output<S>, Claims> {
  const { source, problems } = readYaml(path, text);
  if (!source) return { problems };
  const claims = claimsOf(source);
  const result = schema.safeParse(source.value);
  if (result.success) return problems.length > 0 ? { claims, problems } : { content: result.data, claims, problems };
  const input = { ...source, kind: "field" as const, what, nameOf: fieldName };
  return { claims, problems: [...problems, ...schemaProblems(schema, result.error.issues, input)] };
}
