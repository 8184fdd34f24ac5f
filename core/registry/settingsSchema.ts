import { z } from "zod";
import { familyNames, parseIpAddress, parseIpNetwork, reservedRangeOf, type IpNetwork } from "./addresses";
import { babelProfileNames } from "./babelProfile";
import { parseBabelSetting } from "./babelSetting";
import { cipherProfileNames, cipherProfiles } from "./cipherProfile";
import { leastFloor } from "./cipherRules";
import { field, textWithout, type Fault } from "./field";
import { identityPattern } from "./fieldFormats";
import { espProposalsFault, ikeProposalsFault } from "./proposals";
import type { AddressFamily } from "./registry";
import { ppkUses } from "./settings";

/*
 * Each setting as the text that it is in Pulumi's configuration, whether the file has `16` or `"16"`. There are no defaults here: Pulumi.yaml has
 * them, and the engine and the CLI both take them from there.
 */

const overlayIpv4 = overlay("overlayIpv4", "ip4", 8, 24, "10.66.0.0/16");
const overlayIpv6 = overlay("overlayIpv6", "ip6", 32, 112, "fd66:66::/64");

/** The settings `fullmesh:*` by their names in Pulumi.yaml. */
export const settingsSchema = z.strictObject({
  overlayIpv4,
  overlayIpv6,
  registry: path("registry", "Folder with one YAML file a node. Empty means nodes/<stack>.", true),
  knownHosts: path("knownHosts", "known_hosts file that holds every node's SSH host key.", false),
  sshKey: path("sshKey", "Private key file to log in with. Empty means the SSH agent.", true),
  cipherProfile: field(z.enum(cipherProfileNames), {
    means: `Which ciphers the links use. ${cipherProfileNames.map((name) => `${name}: ${cipherProfiles[name].means}.`).join(" ")}`,
    is: `one of ${cipherProfileNames.join(", ")}`,
    fix: set("cipherProfile", "modern"),
  }),
  cipherFloor: number(
    "cipherFloor",
    "Bits of security that every algorithm of the proposals must have.",
    256,
    128,
    leastFloor,
  ),
  ikeProposals: proposals("ikeProposals", "IKE", "aes256gcm16-prfsha384-x25519", ikeProposalsFault),
  espProposals: proposals("espProposals", "ESP", "aes256gcm16-x25519", espProposalsFault),
  ppk: field(z.enum(ppkUses), {
    means:
      "Post-quantum preshared keys (RFC 8784): none, or one for each pair of nodes, without which they do not link.",
    is: ppkUses.join(" or "),
    fix: set("ppk", "none"),
  }),
  babelProfile: field(
    z.string().transform((text, context) => {
      const read = parseBabelSetting(text);
      if ("profile" in read) return read.profile;
      context.addIssue({ code: "custom", params: { fault: read.fault } });
      return z.NEVER;
    }),
    {
      means: "How babeld weighs links by round-trip time.",
      is: `one of ${babelProfileNames.join(", ")}, and after it what is to be other than in that, in babeld's words`,
      fix: set("babelProfile", '"continental hello-interval=1 rtt-max=200"'),
    },
  ),
  organizations: field(
    textWithout(organizationsFault).transform((text) => namesIn(text)),
    {
      means: "The organizations whose nodes the registry may have. Empty means any.",
      is: "names of organizations, separated by commas, or empty",
      fix: set("organizations", "acme,partner"),
    },
  ),
  parallelism: number("parallelism", "How many nodes are changed at once.", 64, 16),
  dialSeconds: number("dialSeconds", "Seconds after which a node that does not answer over SSH is given up.", 60, 10),
  purgePackages: field(
    z.enum(["true", "false"]).transform((text) => text === "true"),
    {
      means: "Whether removing a node also purges the packages that fullmesh installed on it.",
      is: "true or false",
      fix: set("purgePackages", "false"),
    },
  ),
});

/** The name of a setting, without `fullmesh:`. */
export type SettingName = keyof typeof settingsSchema.shape;

function organizationsFault(text: string): Fault | undefined {
  const bad = namesIn(text).find((name) => !identityPattern.test(name));
  return bad === undefined ? undefined : { fault: `has ${JSON.stringify(bad)}, which is no organization's name` };
}

function namesIn(text: string): readonly string[] {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
}

/** The command that mends a setting. */
function set(name: string, value: string): string {
  return `for example: pulumi config set fullmesh:${name} ${value}`;
}

function overlay(name: string, family: AddressFamily, shortest: number, longest: number, example: string) {
  const fault = (text: string) => {
    const network = parseIpNetwork(text);
    if (!network) return { fault: "is no network in CIDR notation" };
    if (network.family !== family) return { fault: `is an ${familyNames[network.family]} network` };
    if (network.length < shortest) return { fault: `is larger than /${shortest}` };
    if (network.length > longest) return { fault: `is smaller than /${longest}` };
    if (hasHostBits(text, network)) return { fault: "has host bits set", fix: set(name, network.text) };
    const range = reservedRangeOf(network);
    return range ? { fault: `overlaps ${range.network.text}, which is ${range.name}` } : undefined;
  };
  return field(
    textWithout(fault).transform((text) => parseIpNetwork(text)?.text ?? text),
    {
      means: `Overlay network for ${familyNames[family]}. A node's address is this network plus the node's id.`,
      is: `an ${familyNames[family]} network in CIDR notation, /${shortest} to /${longest}`,
      fix: set(name, example),
    },
  );
}

function hasHostBits(text: string, network: IpNetwork): boolean {
  return parseIpAddress(text.replace(/\/.*/, ""))?.value !== network.first;
}

function proposals(name: string, protocol: string, example: string, faultOf: (text: string) => string | undefined) {
  const fault = (text: string) => {
    const found = text.trim() === "" ? undefined : faultOf(text);
    return found === undefined ? undefined : { fault: found };
  };
  return field(
    textWithout(fault).transform((text) => text.split(/ *, */).join(",").trim()),
    {
      means: `${protocol} proposals, the preferred one first. Empty means those of cipherProfile.`,
      is: "proposals in strongSwan's notation, words by dash and proposals by comma, or empty",
      fix: set(name, example),
    },
  );
}

function number(name: string, means: string, highest: number, example: number, lowest = 1) {
  return field(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().min(lowest).max(highest)),
    {
      means,
      is: `a whole number from ${lowest} to ${highest}`,
      fix: set(name, String(example)),
    },
  );
}

function path(name: string, means: string, mayBeEmpty: boolean) {
  // "~user" is not expanded: better said than taken for a file's name.
  const pattern = mayBeEmpty ? /^(?!~[^/])[^\0\n]*$/ : /^(?!~[^/])[^\0\n]+$/;
  return field(z.string().regex(pattern), {
    means,
    is: `a path${mayBeEmpty ? " or empty" : ""}: absolute, relative to the project's folder, or below ~/`,
    fix: set(name, name === "registry" ? "nodes/dev" : name === "sshKey" ? "~/.ssh/id_ed25519" : "~/.ssh/known_hosts"),
  });
}
