import { z } from "zod";
import { field } from "./field";
import { nodeNamePattern } from "./fieldFormats";
import { maxNodeId, nodeIdSchema } from "./nodeSchema";

/** The file of a registry folder that lists retired ids. The underscore keeps it apart from nodes: no node's name can begin with one. */
export const retiredFileName = "_retired.yaml";

/** What the file of retired ids may say. */
export const retiredSchema = field(
  z.strictObject({
    retired: field(
      z.array(
        field(
          z.strictObject({
            id: field(nodeIdSchema, {
              example: "id: 7",
              means: "The id, never to be used again.",
              is: `a whole number from 1 to ${maxNodeId}`,
              fix: "write the id that the removed node had",
            }),
            name: field(z.string().regex(nodeNamePattern), {
              example: "name: ams1",
              means: "The node that had it.",
              is: "a node's name: a lower-case DNS label that starts with a letter",
              fix: "write the name that the removed node had",
            }),
            gone: field(z.boolean(), {
              example: "gone: true",
              means:
                "Whether the node's host will never come back. Else the mesh is taken off the host when the node's file is gone, which fails as long as the host does not answer.",
              is: "true or false",
              fix: "write `gone: true` for a host that was lost for good, else leave it out",
            }).default(false),
            remarks: field(z.string(), {
              example: "remarks: sold in 2026",
              means: "Free text for people.",
              is: "text",
            }).optional(),
          }),
          { means: "One retired id.", is: "a map with id and name", fix: "write `- { id: 7, name: par1 }`" },
        ),
      ),
      {
        example: "retired: [{ id: 7, name: ams1 }]",
        means: "The retired ids.",
        is: "a list of ids with names",
        fix: "write a list, or `retired: []` for none",
      },
    ),
  }),
  {
    means: "Ids that were once in use. A node that comes back gets a new id.",
    is: "a map with the list `retired`",
    fix: "write `retired: []`, or delete the file",
  },
);

/** The file of retired ids. */
export type RetiredFile = z.output<typeof retiredSchema>;
