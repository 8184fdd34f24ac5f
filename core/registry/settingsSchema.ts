import { z } from "zod";
import {
  canonicalHost,
  familyNames,
  parseIpAddress,
  parseIpNetwork,
  reservedRangeOf,
  type IpNetwork,
} from "./addresses";
import { babelProfileNames } from "./babelProfile";
import { parseBabelSetting } from "./babelSetting";
import { cipherProfileNames } from "./cipherProfile";
import { leastFloor } from "./cipherRules";
import { setting, textWithout, type Fault, type SettingText } from "./field";
import { domainFault, identityPattern, tagPattern } from "./fieldFormats";
import { espProposalsFault, ikeProposalsFault } from "./proposals";
import type { AddressFamily } from "./registry";
import { keySources, metricsUses, ppkUses } from "./settings";

/*
 * Each setting as the text that it is in Pulumi's configuration, whether the file has `16` or `"16"`. There are no meanings and no defaults here:
 * Pulumi.yaml has them; the engine and the CLI both take the defaults from there, and the reference takes both.
 */

const overlayIpv4 = overlay("overlayIpv4", "ip4", 8, 24, "10.66.0.0/16");
const overlayIpv6 = overlay("overlayIpv6", "ip6", 32, 112, "fd66:66::/64");

/** The settings `fullmesh:*` by their names in Pulumi.yaml. */
export const settingsSchema = z.strictObject({
  overlayIpv4,
  overlayIpv6,
  registry: path("registry", "nodes/dev", true),
  knownHosts: path("knownHosts", "~/.ssh/known_hosts", false),
  sshKey: path("sshKey", "~/.ssh/id_ed25519", true),
  cipherProfile: setting(z.enum(cipherProfileNames), {
    is: `one of ${cipherProfileNames.join(", ")}`,
    ...set("cipherProfile", "cnsa"),
  }),
  cipherFloor: number("cipherFloor", 256, 128, leastFloor),
  ikeProposals: proposals("ikeProposals", "aes256gcm16-prfsha384-x25519", ikeProposalsFault),
  espProposals: proposals("espProposals", "aes256gcm16-x25519", espProposalsFault),
  ppk: setting(z.enum(ppkUses), { is: ppkUses.join(" or "), ...set("ppk", "required") }),
  babelProfile: setting(
    z.string().transform((text, context) => {
      const read = parseBabelSetting(text);
      if ("profile" in read) return read.profile;
      context.addIssue({ code: "custom", params: { fault: read.fault } });
      return z.NEVER;
    }),
    {
      is: `one of ${babelProfileNames.join(", ")}, and after it what is to be other than in that, in babeld's words`,
      ...set("babelProfile", "continental hello-interval=1 rtt-max=200"),
    },
  ),
  organizations: setting(
    textWithout(organizationsFault).transform((text) => namesIn(text)),
    { is: "names of organizations, separated by commas, or empty", ...set("organizations", "acme,partner") },
  ),
  parallelism: number("parallelism", 64, 8),
  dialSeconds: number("dialSeconds", 60, 20),
  // A default besides that of Pulumi.yaml, as a commit from before there was this setting has none, and `fullmesh diff` reads its files.
  driftDetection: yesOrNo("driftDetection").default(false),
  canary: setting(
    textWithout((text) => (text === "" || tagPattern.test(text) ? undefined : { fault: "is no tag" })).transform(
      (text) => (text === "" ? undefined : text),
    ),
    { is: "a tag of nodes, or empty", ...set("canary", "canary") },
  ),
  wavePercent: number("wavePercent", 100, 25),
  blastCapPercent: number("blastCapPercent", 100, 30),
  purgePackages: yesOrNo("purgePackages"),
  // A default besides that of Pulumi.yaml for the same reason as driftDetection; so has keySource.
  domain: setting(
    textWithout((text) => {
      const fault = text === "" ? undefined : domainFault(text);
      return fault === undefined ? undefined : { fault };
    }).transform((text) => (text === "" ? undefined : canonicalHost(text))),
    { is: "a DNS name, or empty", ...set("domain", "mesh.example.net") },
  ).prefault(""),
  keySource: setting(z.enum(keySources), { is: keySources.join(" or "), ...set("keySource", "node") }).default("state"),
  // And this one, too.
  metrics: setting(z.enum(metricsUses), { is: metricsUses.join(" or "), ...set("metrics", "textfile") }).default(
    "none",
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

/** The command that gives a setting a value. */
export function setCommand(name: string, value: string): string {
  return `pulumi config set fullmesh:${name} ${value.includes(" ") ? `"${value}"` : value}`;
}

/** A value for a setting, and how to mend it with that. */
function set(name: string, value: string): Pick<SettingText, "example" | "fix"> {
  return { example: value, fix: `for example: ${setCommand(name, value)}` };
}

function overlay(name: string, family: AddressFamily, shortest: number, longest: number, example: string) {
  const fault = (text: string) => {
    const network = parseIpNetwork(text);
    if (!network) return { fault: "is no network in CIDR notation" };
    if (network.family !== family) return { fault: `is an ${familyNames[network.family]} network` };
    if (network.length < shortest) return { fault: `is larger than /${shortest}` };
    if (network.length > longest) return { fault: `is smaller than /${longest}` };
    if (hasHostBits(text, network)) return { fault: "has host bits set", fix: set(name, network.text).fix };
    const range = reservedRangeOf(network);
    return range ? { fault: `overlaps ${range.network.text}, which is ${range.name}` } : undefined;
  };
  return setting(
    textWithout(fault).transform((text) => parseIpNetwork(text)?.text ?? text),
    { is: `an ${familyNames[family]} network in CIDR notation, /${shortest} to /${longest}`, ...set(name, example) },
  );
}

function hasHostBits(text: string, network: IpNetwork): boolean {
  return parseIpAddress(text.replace(/\/.*/, ""))?.value !== network.first;
}

function proposals(name: string, example: string, faultOf: (text: string) => string | undefined) {
  const fault = (text: string) => {
    const found = text.trim() === "" ? undefined : faultOf(text);
    return found === undefined ? undefined : { fault: found };
  };
  return setting(
    textWithout(fault).transform((text) => text.split(/ *, */).join(",").trim()),
    { is: "proposals in strongSwan's notation, words by dash and proposals by comma, or empty", ...set(name, example) },
  );
}

function number(name: string, highest: number, example: number, lowest = 1) {
  return setting(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().min(lowest).max(highest)),
    { is: `a whole number from ${lowest} to ${highest}`, ...set(name, String(example)) },
  );
}

function yesOrNo(name: string) {
  return setting(
    z.enum(["true", "false"]).transform((text) => text === "true"),
    { is: "true or false", ...set(name, "true") },
  );
}

function path(name: string, example: string, mayBeEmpty: boolean) {
  // "~user" is not expanded: better said than taken for a file's name.
  const pattern = mayBeEmpty ? /^(?!~[^/])[^\0\n]*$/ : /^(?!~[^/])[^\0\n]+$/;
  return setting(z.string().regex(pattern), {
    is: `a path${mayBeEmpty ? " or empty" : ""}: absolute, relative to the project's folder, or below ~/`,
    ...set(name, example),
  });
}
