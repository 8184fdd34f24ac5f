import { networkOf } from "./addresses";
import type { Claim, NodeClaims, RegistryClaims, RetiredClaims } from "./claims";
import { endpointRules } from "./endpointRules";
import { managementRules } from "./managementRules";
import { fileRole, folderName } from "./nodeFileName";
import { organizationRules } from "./organizationRules";
import { overlayRules } from "./overlayRules";
import { nodeOf, parseMeshSecretsFile, parseNodeFile, parsePolicyFile, parseRetiredFile } from "./parseNodeFile";
import { policyRules } from "./policyRules";
import { prefixRules } from "./prefixRules";
import { problemAt, sortProblems, startOf, type Problem } from "./problem";
import {
  fullMesh,
  type MeshSecrets,
  type Policy,
  type PolicyPlaces,
  type Registry,
  type RegistryNode,
  type RetiredNode,
} from "./registry";
import { meshSecretsOf } from "./meshSecrets";
import type { StackSettings } from "./settings";
import { uniqueRules } from "./uniqueRules";

/** A file of the registry folder, already read. */
export interface RegistryFile {
  /** Path as the user knows it; messages and `RegistryNode.file` show it. The name after the last slash decides what the file is. */
  readonly path: string;
  readonly text: string;
}

/** The registry, or everything that is wrong with it, in reading order. */
export type RegistryResult =
  { readonly ok: true; readonly registry: Registry } | { readonly ok: false; readonly problems: readonly Problem[] };

/** The settings that a registry is checked against. */
export type RegistrySettings = Partial<Pick<StackSettings, "overlayIpv4" | "overlayIpv6" | "organizations">>;

/** Every rule between values and between files. Each has its home in the file that it is imported from. */
const rules: readonly ((claims: RegistryClaims) => Problem[])[] = [
  uniqueRules,
  managementRules,
  organizationRules,
  endpointRules,
  overlayRules,
  prefixRules,
  policyRules,
];

/**
 * Reads and checks a whole registry: `<name>.yaml` for each node, `_retired.yaml`, `_policy.yaml` and `_secrets.yaml`. The order of the files makes no difference. Never throws
 * on any text.
 *
 * @param files - the folder's files
 * @param settings - already checked; for one that is not there (it is bad itself) only the rules on it are left out
 * @param folder - the folder's name for messages, where no file tells it
 */
export function parseRegistry(
  files: readonly RegistryFile[],
  settings: RegistrySettings,
  folder = files[0] ? folderName(files[0].path) : "nodes",
): RegistryResult {
  const problems: Problem[] = [];
  const nodes: RegistryNode[] = [];
  const retired: RetiredNode[] = [];
  const nodeClaims: NodeClaims[] = [];
  const retiredClaims: RetiredClaims[] = [];
  const policyTags: Claim<string>[] = [];
  let policy: Policy = fullMesh;
  let places: { readonly policyPlaces?: PolicyPlaces } = {};
  let secrets: { readonly secrets?: MeshSecrets } = {};
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const paths = sorted.map(({ path }) => path);

  for (const { path, text } of sorted) {
    const file = fileRole(path, paths);
    if (file.role === "wrong") {
      problems.push(file.problem);
    } else if (file.role === "retired") {
      const parsed = parseRetiredFile(path, text);
      problems.push(...parsed.problems);
      retiredClaims.push(...(parsed.claims ?? []));
      retired.push(...(parsed.content?.retired ?? []).map(({ id, name, gone }) => ({ id, name, gone })));
    } else if (file.role === "policy") {
      const parsed = parsePolicyFile(path, text);
      problems.push(...parsed.problems);
      policyTags.push(...(parsed.claims?.tags ?? []));
      if (parsed.claims) places = { policyPlaces: parsed.claims.places };
      policy = parsed.content ?? policy;
    } else if (file.role === "secrets") {
      const { content, problems: faults } = parseMeshSecretsFile(path, text);
      problems.push(...faults);
      if (content) secrets = { secrets: meshSecretsOf(content) };
    } else {
      const parsed = parseNodeFile(path, text, file.name);
      problems.push(...parsed.problems);
      if (parsed.claims) nodeClaims.push(parsed.claims);
      if (parsed.content) nodes.push(nodeOf(path, file.name, parsed.content));
    }
  }

  const { organizations = [] } = settings;
  const claims = {
    nodes: nodeClaims,
    retired: retiredClaims,
    policyTags,
    overlays: overlaysOf(settings),
    organizations,
  };
  problems.push(...rules.flatMap((rule) => rule(claims)));
  if (nodes.length === 0 && problems.length === 0) {
    problems.push(
      problemAt(startOf(folder), "the registry has no nodes", `add ${folder}/<name>.yaml, one file a node`),
    );
  }
  if (problems.length > 0) return { ok: false, problems: sortProblems(problems) };

  const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id;
  return {
    ok: true,
    registry: { nodes: nodes.sort(byId), retired: retired.sort(byId), policy, ...places, ...secrets },
  };
}

function overlaysOf(settings: RegistrySettings): RegistryClaims["overlays"] {
  return (["overlayIpv4", "overlayIpv6"] as const).flatMap((key) => {
    const network = settings[key];
    return network === undefined ? [] : [{ setting: `fullmesh:${key}`, network: networkOf(network) }];
  });
}
