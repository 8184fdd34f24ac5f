import { z } from "zod";
import { field } from "./field";
import { tagPattern } from "./fieldFormats";
import { parseNodesMeant, parseTarget } from "./policyTarget";
import { parsePorts } from "./ports";

/** The file of a registry folder that says who links with whom, who relays, and who may reach what. The underscore keeps it apart from nodes. */
export const policyFileName = "_policy.yaml";

function tag(means: string, example: string) {
  return field(z.string().regex(tagPattern), {
    means,
    is: "a tag: a word of 1 to 63 lower-case letters, digits and inner dashes",
    fix: "write a tag as the node files have it; put one that is all digits in quotes",
    example,
  });
}

const ports = field(
  z.string().transform((text, context) => {
    const read = parsePorts(text);
    if (!("fault" in read)) return read;
    context.addIssue({ code: "custom", params: { ...read } });
    return z.NEVER;
  }),
  {
    means: "A port, or a range of them, of one protocol.",
    is: "tcp or udp, a slash, and a port or a range of ports from 1 to 65535",
    fix: "write for example tcp/22, udp/53 or tcp/8000-8010",
  },
);

const testFrom = field(
  z.string().transform((text, context) => {
    const read = parseNodesMeant(text);
    if (!("fault" in read)) return read;
    context.addIssue({ code: "custom", params: { ...read } });
    return z.NEVER;
  }),
  {
    means: "Who sends.",
    is: "a node's name, or tag: and a tag",
    fix: "write for example fra1 or tag:admin",
    example: "from: fra1",
  },
);

const testTarget = field(
  z.string().transform((text, context) => {
    const read = parseTarget(text);
    if (!("fault" in read)) return read;
    context.addIssue({ code: "custom", params: { ...read } });
    return z.NEVER;
  }),
  {
    means: "Who is sent to, and what.",
    is: "a node's name or tag: and a tag, a colon, and tcp or udp with ports, icmp or *",
    fix: "write for example nyc1:tcp/22, tag:hub:udp/53, sao1:icmp or tyo1:*",
  },
);

/** What the policy file may say. Without one, every node links with every other, all relay, and each may reach all of each. */
export const policySchema = field(
  z.strictObject({
    leaves: field(
      z.array(
        field(
          z.strictObject({
            tag: tag("The tag of the leaves.", "tag: branch"),
            hubs: field(z.array(tag("A tag of hubs.", "hub")).min(1), {
              example: "hubs: [hub]",
              means: "Tags of the nodes that the leaves link with.",
              is: "a list of at least one tag",
              fix: "write a list, for example `hubs: [hub]`",
            }),
          }),
          {
            means: "Nodes with the tag link with the hubs and with no other node, and relay for nobody.",
            is: "a map with tag and hubs",
            fix: "write `- { tag: branch, hubs: [hub] }`",
          },
        ),
      ),
      {
        example: "leaves: [{ tag: branch, hubs: [hub] }]",
        means: "Nodes on thin lines, and their hubs.",
        is: "a list of maps with tag and hubs",
        fix: "write a list, for example `leaves: [{ tag: branch, hubs: [hub] }]`, or delete the field",
      },
    ).default([]),
    exclude: field(
      z.array(
        field(
          z.strictObject({
            tag: tag("The one tag.", "tag: lab"),
            from: tag("The other.", "from: prod"),
          }),
          {
            means: "Nodes with the one tag do not link with nodes that have the other.",
            is: "a map with tag and from",
            fix: "write `- { tag: lab, from: prod }`",
          },
        ),
      ),
      {
        example: "exclude: [{ tag: lab, from: prod }]",
        means: "Pairs of tags between which there are no links.",
        is: "a list of maps with tag and from",
        fix: "write a list, for example `exclude: [{ tag: lab, from: prod }]`, or delete the field",
      },
    ).default([]),
    transit: field(z.array(tag("A tag of relays.", "hub")).min(1), {
      example: "transit: [hub]",
      means:
        "Tags of the nodes that relay for others. Without it all do but the leaves, which babel can take for some 40 nodes.",
      is: "a list of at least one tag",
      fix: "write a list, for example `transit: [hub]`; delete the field for all nodes to relay",
    }).optional(),
    allow: field(
      z.array(
        field(
          z.strictObject({
            from: tag("The tag of those who send.", "from: admin"),
            to: tag("The tag of those who are reached, and with them the networks behind them.", "to: server"),
            ports: field(z.array(ports).min(1), {
              example: "ports: [tcp/22, udp/53, tcp/8000-8010]",
              means: "What they may reach. Without it everything, whatever the protocol.",
              is: "a list of at least one port",
              fix: "write a list, for example `ports: [tcp/22, udp/53]`; delete the field to allow everything",
            }).optional(),
          }),
          {
            means: "Nodes with the one tag, and the networks behind them, may reach nodes with the other.",
            is: "a map with from and to, and optionally ports",
            fix: "write `- { from: admin, to: server, ports: [tcp/22] }`",
          },
        ),
      ),
      {
        example: "allow: [{ from: admin, to: server, ports: [tcp/22] }]",
        means:
          "What may be reached over the mesh. Without it everything; with an empty list nothing but ping, answers and babel, which always pass.",
        is: "a list of maps with from and to, and optionally ports",
        fix: "write a list, for example `allow: [{ from: admin, to: server, ports: [tcp/22] }]`; delete the field to allow everything",
      },
    ).optional(),
    require: field(
      z.strictObject({
        survive: field(z.number().int().min(0).max(1), {
          example: "survive: 1",
          means: "How many nodes may be lost, whichever they are, without others being cut off from each other.",
          is: "0 or 1",
          fix: "write 1 for a mesh that bears the loss of any one node",
        }),
      }),
      {
        example: "require: { survive: 1 }",
        means:
          "What the mesh must bear; `validate`, `preview` and `up` refuse one that does not. `fullmesh simulate` shows it.",
        is: "a map with survive",
        fix: "write `require: { survive: 1 }`, or delete the field",
      },
    ).optional(),
    tests: field(
      z.array(
        field(
          z.strictObject({
            from: testFrom,
            accept: field(z.array(testTarget), {
              example: "accept: [nyc1:tcp/22]",
              means: "What must be accepted.",
              is: "a list of targets",
              fix: "write a list, for example `accept: [nyc1:tcp/22]`",
            }).default([]),
            deny: field(z.array(testTarget), {
              example: "deny: [tyo1:*]",
              means: "What must not be accepted, nor any of it. Ping is always accepted, and not meant by `*`.",
              is: "a list of targets",
              fix: "write a list, for example `deny: [tyo1:*]`",
            }).default([]),
          }),
          {
            means: "What must, and what must not, be accepted from a node or from all with a tag.",
            is: "a map with from, and accept or deny",
            fix: "write `- { from: fra1, accept: [nyc1:tcp/22], deny: [tyo1:*] }`",
          },
        ),
      ),
      {
        example: "tests: [{ from: fra1, accept: [nyc1:tcp/22], deny: [tyo1:*] }]",
        means: "What `allow` must come to; `validate`, `preview` and `up` refuse a policy that fails a test.",
        is: "a list of maps with from, accept and deny",
        fix: "write a list, for example `tests: [{ from: fra1, accept: [nyc1:tcp/22] }]`, or delete the field",
      },
    ).optional(),
  }),
  {
    means: "Who links with whom, who relays for others, and who may reach what.",
    is: "a map with leaves, exclude, transit, allow, require and tests, all optional",
    fix: "write for example `transit: [hub]`, or delete the file",
  },
);

/** A policy file with its defaults filled in. */
export type PolicyFile = z.output<typeof policySchema>;
