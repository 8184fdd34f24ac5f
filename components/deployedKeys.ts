import { publicKeyOf, type PublicKey } from "../core/registry/publicKey";
import { linesOf } from "./lastOutputs";

/** The stack output that the nodes' public keys are in, with their numbers. */
export const deployedKeysOutput = "deployedKeys";

/** Public keys by node and number. A key has its number for ever, whoever made it. */
export type DeployedKeys = ReadonlyMap<`${string} ${number}`, PublicKey>;

/** A line `NODE NUMBER KEY` a key. */
export function keyLine(node: string, number: number, publicKey: PublicKey): string {
  return `${node} ${number} ${publicKey}`;
}

/**
 * The keys that nodes had when this stack was deployed last.
 *
 * @throws if the state has something else in the place of a key
 */
export function deployedKeys(outputs: Readonly<Record<string, unknown>>): DeployedKeys {
  return new Map(
    linesOf(outputs, deployedKeysOutput).map((line) => {
      const [node = "", number, key = ""] = line.split(" ");
      return [`${node} ${Number(number)}`, keyOf(node, key)];
    }),
  );
}

function keyOf(node: string, text: string): PublicKey {
  try {
    return publicKeyOf(text);
  } catch (error) {
    throw new Error(
      `the stack's output ${deployedKeysOutput} has no public key of ${node} where one is to be\n    fix: find out who wrote to the stack's state, and restore it (pulumi stack history, pulumi stack import)`,
      { cause: error },
    );
  }
}
