import { byText } from "../registry/byText";
import { publicKeyPem, type PublicKey } from "../registry/publicKey";
import type { Endpoint, Registry, RegistryNode } from "../registry/registry";
import type { RanetNode, RanetRegistry } from "./ranetFile";
import { remarksForRanet } from "./remarks";

/** Public keys in use by node name. */
export type KeysInUse = Readonly<Record<string, PublicKey>>;

/**
 * The registry as ranet's: all nodes with their keys, organizations by name. ranet has one key for all nodes of an organization, and nodes of ours have a key each,
 * so there is an entry for each key of an organization.
 *
 * @param keys of the managed nodes; the others' are in the registry
 * @throws Error if a key is missing: the caller must hand on one for each managed node
 */
export function exportRanet({ nodes }: Registry, keys: KeysInUse): RanetRegistry {
  const entries = new Map<
    string,
    { readonly organization: string; readonly key: PublicKey; readonly nodes: RanetNode[] }
  >();
  for (const node of nodes) {
    const { organization } = node;
    const key = keyOf(node, keys);
    const entry = entries.get(`${organization} ${key}`) ?? { organization, key, nodes: [] };
    entries.set(`${organization} ${key}`, entry);
    entry.nodes.push(ranetNode(node));
  }
  return [...entries.values()]
    .map(({ organization, key, nodes: members }) => ({
      public_key: publicKeyPem(key),
      organization,
      nodes: members.sort((a, b) => byText(a.common_name, b.common_name)),
    }))
    .sort((a, b) => byText(a.organization, b.organization) || byText(firstName(a.nodes), firstName(b.nodes)));
}

function keyOf(node: RegistryNode, keys: KeysInUse): PublicKey {
  const key = node.managed ? keys[node.name] : node.publicKey;
  if (key === undefined) throw new Error(`no public key for node ${node.name}`);
  return key;
}

function ranetNode({ commonName, endpoints, remarks }: RegistryNode): RanetNode {
  return {
    common_name: commonName,
    endpoints: endpoints.map(ranetEndpoint),
    ...(remarks === undefined ? {} : { remarks: remarksForRanet(remarks) }),
  };
}

function ranetEndpoint({ serial, family, address, dnsName, port }: Endpoint): RanetNode["endpoints"][number] {
  const host = address ?? dnsName;
  return {
    serial_number: String(serial),
    address_family: family,
    ...(host === undefined ? {} : { address: host }),
    port,
  };
}

function firstName(nodes: readonly RanetNode[]): string {
  return nodes[0]?.common_name ?? "";
}
