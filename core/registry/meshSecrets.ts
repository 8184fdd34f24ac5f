import type { MeshSecretsFile } from "./meshSecretsSchema";
import { firstSecrets, type MeshSecrets, type Registry } from "./registry";
import { nextStep, type RotationStep } from "./rotation";

type SecretsAndNodes = Pick<Registry, "nodes" | "retired" | "secrets">;

/** The secrets of a file that broke no rule. */
export function meshSecretsOf({ secrets, knownTo, unknownTo }: MeshSecretsFile): MeshSecrets {
  return { numbers: secrets, knownTo, unknownTo };
}

/** Names of those who are no longer trusted and know the newest of the secrets: nodes that are gone for good, and such whose key was revoked. */
export function leaversWhoKnow({ nodes, retired, secrets = firstSecrets }: SecretsAndNodes): readonly string[] {
  const { knownTo, unknownTo } = secrets;
  const gone = retired.filter((node) => node.gone && !unknownTo.includes(node.id));
  const revoked = [...nodes, ...retired].filter(({ id }) => knownTo.includes(id));
  return [...new Set([...gone, ...revoked].map(({ name }) => name))];
}

/** The next step to another secret. Where the one that is to come is known to a leaver, there is another one first. */
export function nextSecrets(registry: SecretsAndNodes): { readonly step: RotationStep; readonly secrets: MeshSecrets } {
  const { secrets = firstSecrets } = registry;
  const { step, keys } = nextStep(new Map([["mesh", secrets.numbers]]));
  if (step === "accept" || leaversWhoKnow(registry).length > 0)
    return { step: "accept", secrets: withAnother(registry) };
  return { step, secrets: { ...secrets, numbers: keys.get("mesh") ?? secrets.numbers } };
}

/** The secret in use stays, and one is accepted that no other has had. */
function withAnother(registry: SecretsAndNodes): MeshSecrets {
  const { numbers } = registry.secrets ?? firstSecrets;
  const [used = 1] = numbers;
  return { ...forgiven(registry), numbers: [used, Math.max(...numbers) + 1] };
}

/** The same secrets, of which leavers may know. */
export function forgiven({ retired, secrets = firstSecrets }: SecretsAndNodes): MeshSecrets {
  return { ...secrets, knownTo: [], unknownTo: retired.filter(({ gone }) => gone).map(({ id }) => id) };
}

/** The same secrets, which whoever has stolen the keys of these nodes knows. */
export function stolenWith({ secrets = firstSecrets }: SecretsAndNodes, ids: readonly number[]): MeshSecrets {
  return { ...secrets, knownTo: [...new Set([...secrets.knownTo, ...ids])].sort((a, b) => a - b) };
}
