import { ciphersOf, floorRule } from "./cipherRules";
import { problemAt, sortProblems, type Place, type Problem } from "./problem";
import { schemaProblems, show } from "./schemaProblems";
import type { MeshSettings, StackSettings } from "./settings";
import { settingsSchema, type SettingName } from "./settingsSchema";

/** The values of the configuration keys `fullmesh:*`, and what messages about them need to know. */
export interface SettingsInput {
  /** Short name of the stack: the registry is in `nodes/<stack>` where the settings do not say otherwise. */
  readonly stack: string;
  /** By name without `fullmesh:`, defaults filled in. Text as the engine gives it, or what the YAML file has. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the key is written; for a key that is not, where it should be. */
  readonly place: (name: string) => Place;
}

/** What is good of bad settings, so that the registry can be checked along with them. */
export type UsableSettings = Partial<Pick<MeshSettings, "overlayIpv4" | "overlayIpv6">> &
  Partial<Pick<StackSettings, "registryFolder" | "organizations">>;

/** The settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: StackSettings }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly usable: UsableSettings };

/** Checked on their own too, so that what is weak is said along with everything else that is wrong. */
const cipherSettings = settingsSchema
  .pick({ cipherProfile: true, cipherFloor: true, ikeProposals: true, espProposals: true })
  .strip();

/** Checks the settings of a stack. Paths stay as they are written; stack/settings.ts makes them absolute. */
export function parseSettings({ stack, values, place }: SettingsInput): SettingsResult {
  const encrypted = Object.keys(values).filter((name) => isEncrypted(values[name]));
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));
  const result = settingsSchema.safeParse(texts);
  const ciphers = cipherSettings.safeParse(texts);
  const weak = ciphers.success ? floorRule(ciphers.data, place) : [];
  if (!result.success || encrypted.length > 0 || weak.length > 0) {
    const problems = schemaProblems(settingsSchema, result.error?.issues ?? [], {
      value: texts,
      kind: "setting",
      what: "the configuration",
      valuePlace: (path) => place(String(path[0])),
      keyPlace: (path) => place(String(path[0])),
      isRefused: (path) => encrypted.includes(String(path[0])),
      nameOf: (path) => settingName(String(path[0])),
    });
    problems.push(...encrypted.map((name) => encryptedProblem(name, place(name))), ...weak);
    return { ok: false, problems: sortProblems(problems), usable: usableOf(texts, stack) };
  }
  const { cipherProfile, cipherFloor, ikeProposals, espProposals, ...others } = result.data;
  const { babelProfile, registry, knownHosts, sshKey, ...same } = others;
  return {
    ok: true,
    settings: {
      ...same,
      cipherFloor,
      ciphers: ciphersOf({ cipherProfile, cipherFloor, ikeProposals, espProposals }),
      babel: babelProfile,
      registryFolder: folderOf(registry, stack),
      knownHostsFile: knownHosts,
      sshLogin: sshKey === "" ? { kind: "agent" } : { kind: "keyFile", file: sshKey },
    },
  };
}

function settingName(name: string): string {
  return /^[\w-]+$/.test(name) ? `fullmesh:${name}` : show(`fullmesh:${name}`);
}

/** Pulumi keeps a secret as a map with the one key `secure` (docs: Pulumi stack settings file). */
function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "secure");
}

function encryptedProblem(name: string, place: Place): Problem {
  return problemAt(
    place,
    `\`fullmesh:${name}\` is encrypted, but fullmesh reads its settings without the stack's passphrase; none of them is a secret`,
    `pulumi config set --plaintext fullmesh:${name} <value>`,
  );
}

/** The engine makes text of every value, so that 16 and "16" are one setting; the CLI does the same. */
function asText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function folderOf(registry: string, stack: string): string {
  return registry === "" ? `nodes/${stack}` : registry;
}

function usableOf(texts: Readonly<Record<string, unknown>>, stack: string): UsableSettings {
  const shape = settingsSchema.shape;
  const good = (name: SettingName & ("overlayIpv4" | "overlayIpv6" | "registry")): string | undefined =>
    shape[name].safeParse(texts[name]).data;
  const [overlayIpv4, overlayIpv6, registry] = [good("overlayIpv4"), good("overlayIpv6"), good("registry")];
  const organizations = shape.organizations.safeParse(texts.organizations).data;
  return {
    ...(overlayIpv4 === undefined ? {} : { overlayIpv4 }),
    ...(overlayIpv6 === undefined ? {} : { overlayIpv6 }),
    ...(registry === undefined ? {} : { registryFolder: folderOf(registry, stack) }),
    ...(organizations === undefined ? {} : { organizations }),
  };
}
