import { canonicalPublicKey, publicKeyPem } from "../core/registry/publicKey";
import { linesOf } from "./lastOutputs";

/** The stack output that the nodes' public keys are in, with their numbers. */
export const deployedKeysOutput = "deployedKeys";

/** Public keys in PEM, by node and number. A key has its number for ever, whoever made it. */
export type DeployedKeys = ReadonlyMap<`${string} ${number}`, string>;

/** A line `NODE NUMBER KEY` a key. */
export function keyLine(node: string, number: number, publicKey: string): string {
  return `${node} ${number} ${canonicalPublicKey(publicKey)}`;
}

/** The keys that nodes had when this stack was deployed last. */
export function deployedKeys(outputs: Readonly<Record<string, unknown>>): DeployedKeys {
  return new Map(
    linesOf(outputs, deployedKeysOutput).map((line) => {
      const [node = "", number, key = ""] = line.split(" ");
      return [`${node} ${Number(number)}`, publicKeyPem(key)];
    }),
  );
}
