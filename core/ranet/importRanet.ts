import { stringify } from "yaml";
import { byText } from "../registry/byText";
import { nodeNamePattern } from "../registry/fieldFormats";
import { highestUsedId } from "../registry/highestUsedId";
import { fileRole, nodeNameLike } from "../registry/nodeFileName";
import type { RegistryFile } from "../registry/parseRegistry";
import type { Registry } from "../registry/registry";
import { identityKey } from "../registry/uniqueRules";
import type { RanetMember } from "./ranetFile";
import { remarksFromRanet } from "./remarks";

/** A node file that is to be written, and the member that it is of. */
export interface MemberFile extends RegistryFile {
  readonly member: RanetMember;
}

/** What comes of an import. Nothing is written yet. */
export interface RanetImport {
  /** New node files, by id. */
  readonly files: readonly MemberFile[];
  /** Members that are nodes already, which are left alone. */
  readonly known: readonly KnownMember[];
  /** Members for which there is no free name of a file. */
  readonly nameless: readonly RanetMember[];
}

/** A member that is a node already. */
export interface KnownMember {
  readonly organization: string;
  readonly commonName: string;
  /** The node's file. */
  readonly file: string;
  /** Whether the file has another public key than the member has now. */
  readonly keyDiffers: boolean;
}

/**
 * Makes node files of members of ranet's registry that are not nodes yet. They get ids one after the other, in the order of organizations and names.
 *
 * @param registry the nodes that there are
 * @param folder where the files are to be
 * @param firstId the first id; without it, the one after the highest that was ever used
 */
export function importRanet(
  members: readonly RanetMember[],
  registry: Registry,
  folder: string,
  firstId: number = highestUsedId(registry) + 1,
): RanetImport {
  const files: MemberFile[] = [];
  const known: KnownMember[] = [];
  const nameless: RanetMember[] = [];
  const names = new Set(registry.nodes.map(({ name }) => name));
  const nodes = new Map(registry.nodes.map((node) => [identityKey(node.organization, node.commonName), node]));
  for (const member of inOrder(members)) {
    const { organization, publicKey, node } = member;
    const commonName = node.common_name;
    const there = nodes.get(identityKey(organization, commonName));
    if (there) {
      const keyDiffers = !there.managed && there.publicKey !== publicKey;
      known.push({ organization, commonName, file: there.file, keyDiffers });
      continue;
    }
    const name = [commonName, nodeNameLike(`${organization}-${commonName}`)].find((each) => isFree(each, names));
    if (name === undefined) {
      nameless.push(member);
      continue;
    }
    names.add(name);
    const id = firstId + files.length;
    files.push({ path: `${folder}/${name}.yaml`, text: nodeFile(id, name, member), member });
  }
  return { files, known, nameless };
}

function inOrder(members: readonly RanetMember[]): readonly RanetMember[] {
  const key = ({ organization, node }: RanetMember): string => `${organization} ${node.common_name}`;
  return [...members].sort((a, b) => byText(key(a), key(b)));
}

/** Whether a node's file may have the name, and none has. */
function isFree(name: string, names: ReadonlySet<string>): boolean {
  return nodeNamePattern.test(name) && !names.has(name) && fileRole(`${name}.yaml`, []).role === "node";
}

/** The text of a node file. What ranet does not know of, such as the MTU, has its default. */
function nodeFile(id: number, name: string, { organization, publicKey, node }: RanetMember): string {
  const remarks = remarksFromRanet(node.remarks);
  const content = {
    id,
    organization,
    ...(node.common_name === name ? {} : { commonName: node.common_name }),
    managed: false,
    publicKey,
    endpoints: node.endpoints.map(({ serial_number, address_family, address, port }) => ({
      serial: Number(serial_number),
      family: address_family,
      ...(address == null ? {} : { address }),
      port,
    })),
    ...(remarks === undefined ? {} : { remarks }),
  };
  return stringify(content, { lineWidth: 0 });
}
