import { z } from "zod";
import { field, textWithout, type Fault } from "../registry/field";
import { identityPattern, identityText } from "../registry/fieldFormats";
import { maxEndpointSerial } from "../registry/nodeSchema";
import { problemAt, sortProblems, startOf, type Place, type Problem } from "../registry/problem";
import { publicKeyFault, publicKeyOf, type PublicKey } from "../registry/publicKey";
import { fieldName, schemaProblems } from "../registry/schemaProblems";
import { readYaml, type Path } from "../registry/yamlSource";

/*
 * ranet's registry.json, field for field as ranet takes it (NickCao/ranet, src/registry.rs): unknown fields are refused, serial numbers are text, `address` and
 * `remarks` may be left out or null, and remarks are whatever one likes. Where a node file cannot say what ranet can, the rule is the node file's.
 */

const endpoint = z.strictObject({
  serial_number: field(textWithout(serialFault), {
    means: "Number of the endpoint, part of its IKE identity as it is written.",
    is: `a whole number from 0 to ${maxEndpointSerial} as text`,
    fix: "ask its owner for another serial number: it is a part of the identity, and cannot be rewritten here",
  }),
  address_family: field(z.enum(["ip4", "ip6"]), { means: "Address family.", is: "ip4 or ip6" }),
  address: field(z.string(), { means: "IP address or DNS name.", is: "text, or left out" }).nullish(),
  port: field(z.int().min(1).max(65535), { means: "UDP port.", is: "a port number from 1 to 65535" }),
});

const node = z.strictObject({
  common_name: field(z.string().regex(identityPattern), {
    means: "Name of the node within its organization.",
    is: identityText,
    fix: "ask its owner for another name: it is a part of the identity, and cannot be rewritten here",
  }),
  endpoints: field(z.array(endpoint).min(1), { means: "Endpoints.", is: "a list of at least one endpoint" }),
  remarks: field(z.unknown(), { means: "Whatever one likes.", is: "anything" }).optional(),
});

const entry = z.strictObject({
  public_key: field(textWithout(publicKeyFault), {
    means: "Key of all the entry's nodes.",
    is: "an ed25519 public key in PEM",
    fix: "ask its owner for what `openssl pkey -in KEY -pubout` prints",
  }),
  organization: field(z.string().regex(identityPattern), {
    means: "Name of the organization.",
    is: identityText,
    fix: "ask its owner for another name: it is a part of the identity, and cannot be rewritten here",
  }),
  nodes: field(z.array(node), { means: "Its nodes.", is: "a list of nodes" }),
});

const ranetSchema = field(z.array(entry), {
  means: "All members.",
  is: "a list of organizations, as in ranet's registry.json",
});

/** ranet's registry. Several entries may be of one organization: ranet goes through them one by one. */
export type RanetRegistry = z.output<typeof ranetSchema>;

/** One member's entry. */
export type RanetNode = z.output<typeof node>;

/** A member that nothing is wrong with in itself. */
export interface RanetMember {
  readonly organization: string;
  readonly publicKey: PublicKey;
  readonly node: RanetNode;
  /** Where it is in registry.json. */
  readonly place: Place;
}

/** The good members of a registry.json and what is wrong with the others; or why nothing can be read of it. */
export type RanetReading =
  | { readonly ok: true; readonly members: readonly RanetMember[]; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a registry.json. Never throws. The names in messages are paths in the JSON, as in `[0].nodes[1].endpoints[0].port`.
 *
 * @param file the file's name, for messages
 */
export function readRanet(file: string, text: string): RanetReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `not valid JSON: ${error instanceof SyntaxError ? withoutText(error.message) : String(error)}`;
    return { ok: false, problems: [problemAt(startOf(file), message, "ask for the whole file, or mend it")] };
  }
  // JSON is YAML, but for oddities of which there is no telling where they stand.
  const { source } = readYaml(file, text);
  const place = (path: Path): Place => source?.valuePlace(path) ?? startOf(file);
  const problems = sortProblems(
    schemaProblems(ranetSchema, ranetSchema.safeParse(value).error?.issues ?? [], {
      value,
      kind: "field",
      what: "registry.json",
      valuePlace: place,
      keyPlace: (path) => source?.keyPlace(path) ?? startOf(file),
      isRefused: () => false,
      nameOf: fieldName,
    }),
  );
  return Array.isArray(value) ? { ok: true, members: goodMembers(value, place), problems } : { ok: false, problems };
}

/** What is wrong with a node is no fault of others in its entry; what is wrong with an entry is one of all its nodes. */
function goodMembers(entries: readonly unknown[], place: (path: Path) => Place): readonly RanetMember[] {
  const withAnyNodes = entry.extend({ nodes: z.array(z.unknown()) });
  return entries.flatMap((each, index) => {
    const { data } = withAnyNodes.safeParse(each);
    return (data?.nodes ?? []).flatMap((one, number) => {
      const member = node.safeParse(one);
      if (data === undefined || !member.success) return [];
      const { organization, public_key: publicKey } = data;
      const at = place([index, "nodes", number]);
      return [{ organization, publicKey: publicKeyOf(publicKey), node: member.data, place: at }];
    });
  });
}

/** Node quotes the text around the fault, which may be of a key. */
function withoutText(message: string): string {
  return message.replace(/, (\.\.\.)?".*/s, "");
}

function serialFault(text: string): Fault | undefined {
  if (!/^(0|[1-9]\d?)$/.test(text) || Number(text) > maxEndpointSerial) return { fault: "is none" };
  return undefined;
}
