import { z } from "zod";
import { field } from "./field";
import { maxNodeId, nodeIdSchema } from "./nodeSchema";
import { rotatingNumbers } from "./rotatingNumbers";

/** The file of a registry folder that says which secrets the nodes share. The underscore keeps it apart from nodes. */
export const meshSecretsFileName = "_secrets.yaml";

function ids(example: string, means: string) {
  const id = field(nodeIdSchema, { means: "The id of a node.", is: `a whole number from 1 to ${maxNodeId}` });
  return field(z.array(id), {
    example,
    means,
    is: "a list of ids",
    fix: `write for example \`${example}\`, or delete the field`,
  }).default([]);
}

/** What the file of the mesh's secrets may say: their numbers. The secrets themselves are in the stack's state alone. */
export const meshSecretsSchema = field(
  z.strictObject({
    secrets: rotatingNumbers("secret", {
      example: "secrets: [1, 2]",
      means:
        "Which secrets the nodes share, babel's MAC key and what preshared keys derive from: the one in use first, then one that is accepted, too. To change it without losing a packet, deploy [1, 2], then [2, 1], then [2]; `fullmesh rotate --mesh-secrets` writes them. fullmesh makes a secret when its number first appears.",
      fix: "write `secrets: [1]`, or what `fullmesh rotate --mesh-secrets` writes",
    }),
    knownTo: ids(
      "knownTo: [2]",
      "Ids of nodes whose key was revoked since the newest secret was made: whoever has it knows the secrets, too, and `preview`, `up` and `validate` ask for another one. `fullmesh rotate` writes it.",
    ),
    unknownTo: ids(
      "unknownTo: [7]",
      "Ids of retired nodes with `gone: true` that do not know the newest secret, or may. For each that is not here, `preview`, `up` and `validate` ask for another secret. `fullmesh rotate` writes it.",
    ),
  }),
  {
    means: "Which secrets the nodes share. Without the file it is number 1.",
    is: "a map with the list `secrets`",
    fix: "write `secrets: [1]`, or delete the file",
  },
);

/** The file of the mesh's secrets. */
export type MeshSecretsFile = z.output<typeof meshSecretsSchema>;
