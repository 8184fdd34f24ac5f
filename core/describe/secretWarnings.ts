import { leaversWhoKnow } from "../registry/meshSecrets";
import { listed } from "../registry/listed";
import type { Registry } from "../registry/registry";

/** More of them are counted. */
const maxNamed = 6;

/** What a reviewer should know of the secrets that the nodes share, where nothing is wrong with the files. */
export function secretWarnings(registry: Registry): readonly string[] {
  const leavers = leaversWhoKnow(registry);
  const [used, other] = registry.secrets?.numbers ?? [];
  return [
    ...(leavers.length === 0
      ? []
      : [
          `${listed(leavers, maxNamed)}: gone or revoked, with the secrets that the nodes share: \`fullmesh rotate --mesh-secrets\` and \`pulumi up\`, three times (\`fullmesh rotate --keep-mesh-secrets\` if that does not matter)`,
        ]),
    ...(used === undefined || other === undefined
      ? []
      : [
          `the nodes are between shared secrets ${Math.min(used, other)} and ${Math.max(used, other)}, and babeld accepts what is signed with any: go on with \`fullmesh rotate --mesh-secrets\` and \`pulumi up\` until one is left`,
        ]),
  ];
}
