import { keyExchangeWith, type Algorithm } from "./algorithms";
import { cipherProfileNames, cipherProfiles, type CipherProfileName } from "./cipherProfile";
import { listed } from "./listed";
import { problemAt, type Place, type Problem } from "./problem";
import { algorithmsOf } from "./proposals";
import type { Ciphers } from "./settings";

/** The lowest floor that may be set, in bits. Below is what NIST SP 800-57 part 1 allows for old data only. */
export const leastFloor = 112;

/** The settings that decide on ciphers. */
export interface CipherSettings {
  readonly cipherProfile: CipherProfileName;
  /** Bits of security that every algorithm must have, 112 to 256. */
  readonly cipherFloor: number;
  /** Instead of the profile's; empty for those. */
  readonly ikeProposals: string;
  /** Instead of the profile's; empty for those. */
  readonly espProposals: string;
}

/** The proposals that the settings come to. */
export function ciphersOf({ cipherProfile, ikeProposals, espProposals }: CipherSettings): Ciphers {
  const { ike, esp } = cipherProfiles[cipherProfile];
  return { ike: ikeProposals || ike, esp: espProposals || esp };
}

/** What is weaker than the floor: a problem for each setting that holds such algorithms, at that setting. */
export function floorRule(settings: CipherSettings, place: (name: string) => Place): Problem[] {
  const { cipherProfile, cipherFloor, ikeProposals, espProposals } = settings;
  const { ike, esp } = cipherProfiles[cipherProfile];
  const fromProfile = [...(ikeProposals === "" ? [ike] : []), ...(espProposals === "" ? [esp] : [])];
  const problem = (name: string, value: string, proposals: readonly string[], fix: string): Problem[] => {
    const weak = weaker(proposals, cipherFloor);
    if (weak.length === 0) return [];
    const each = weak.map(([word, { strengthBits }]) => `${word}, which counts for ${strengthBits}`);
    const message = `\`fullmesh:cipherFloor\` wants ${cipherFloor} bits of security of each algorithm, but \`fullmesh:${name}\`${value} has ${listed(each, 5)}`;
    const mayLower = weak.every(([, { strengthBits }]) => strengthBits >= leastFloor);
    return [problemAt(place(name), message, mayLower ? `${fix}, or a lower floor if that is what you want` : fix)];
  };
  const own = `write stronger ones, ${example(cipherFloor)}`;
  return [
    ...problem("cipherProfile", ` ${cipherProfile}`, fromProfile, strongerProfile(cipherFloor)),
    ...problem("ikeProposals", "", [ikeProposals], own),
    ...problem("espProposals", "", [espProposals], own),
  ];
}

function weaker(proposals: readonly string[], floor: number): readonly (readonly [string, Algorithm])[] {
  return [...algorithmsOf(proposals.join())].filter(([, { strengthBits }]) => strengthBits < floor);
}

function strongerProfile(floor: number): string {
  const strong = cipherProfileNames.find(
    (name) => weaker([cipherProfiles[name].ike, cipherProfiles[name].esp], floor).length === 0,
  );
  return strong === undefined
    ? `no profile is as strong: set fullmesh:ikeProposals and fullmesh:espProposals, ${example(floor)}`
    : `pulumi config set fullmesh:cipherProfile ${strong}`;
}

function example(floor: number): string {
  return `of aes256gcm16, prfsha384 and ${keyExchangeWith(floor)} for example`;
}
