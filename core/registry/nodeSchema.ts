import { z } from "zod";
import { field, textWithout } from "./field";
import type { AddressFamily } from "./registry";
import {
  identityPattern,
  identityText,
  interfacePattern,
  isHost,
  isIpAddress,
  isIpNetwork,
  isPublicHost,
  tagPattern,
  userPattern,
} from "./fieldFormats";
import { publicKeyFault } from "./publicKey";
import { rotatingNumbers } from "./rotatingNumbers";

/** Largest node id: it must fit into 16 bits, and neither 0 nor all ones is an address of a host. */
export const maxNodeId = 65534;

/** Largest number of an endpoint within its node. */
export const maxEndpointSerial = 15;

const portText = "a port number from 1 to 65535";
const port = z.int().min(1).max(65535);

/**
 * What an uplink must carry, for a link is to carry IPv6, which needs 1280 bytes (RFC 8200 section 5), and with ESP in UDP around it. Linux does not send the
 * ESP packets of an XFRM interface in pieces (seen on 6.1).
 */
export const minUnderlayMtuBytes: Readonly<Record<AddressFamily, number>> = { ip4: 1344, ip6: 1364 };

/** What an uplink may cost on top of a hop: with one at each end, and the profile's own, still less than babel's infinity, 65535. */
export const maxExtraCost = 16384;

/** Jumbo frames. */
export const maxUnderlayMtuBytes = 9216;

/** A node id, alone: retired ids have the same form. */
export const nodeIdSchema = z.int().min(1).max(maxNodeId);

const loginName = "a login name of at most 32 letters, digits, dots, dashes and underscores";
const hostFix = "write the address alone, without port, user, brackets or prefix length";

const bastionSchema = z.strictObject({
  host: field(z.string().refine(isHost), {
    example: "host: gw.example.net",
    means: "Underlay address or DNS name of the bastion, as the one before it in the list reaches it, or the deployer.",
    is: "an IP address or a DNS name",
    fix: hostFix,
  }),
  port: field(port, { example: "port: 22", means: "TCP port of the bastion's SSH server.", is: portText }).default(22),
  user: field(z.string().regex(userPattern), {
    example: "user: jump",
    means: "Who to log in as on the bastion; no command is run there.",
    is: loginName,
  }).default("root"),
});

const sshSchema = z.strictObject({
  host: field(z.string().refine(isHost), {
    example: "host: 198.51.100.7",
    means: "Underlay address or DNS name at which the deployer reaches the node.",
    is: "an IP address or a DNS name",
    fix: hostFix,
  }),
  port: field(port, { example: "port: 22", means: "TCP port of the SSH server.", is: portText }).default(22),
  user: field(z.string().regex(userPattern), {
    example: "user: root",
    means: "Who to log in as: root, or a user who may sudo without a password.",
    is: loginName,
  }).default("root"),
  jump: field(
    z
      .array(
        field(bastionSchema, {
          means: "A bastion.",
          is: "a map with host, and optionally port and user",
          fix: "write `- host: <address>`, and indented below it, if need be, `port` and `user`",
        }),
      )
      .min(1),
    {
      example: "jump: [{ host: gw.example.net, user: jump }]",
      means:
        "Bastions that the deployer goes through, as with `ssh -J`: the first is reached by the deployer, each other one and the node through the one before. known_hosts must have the host key of each. Behind different bastions, too, no two nodes have the same `ssh.host` and port.",
      is: "a list of at least one bastion",
      fix: "write `jump:` and below it, indented, `- host: <address>`; or delete the field",
    },
  ).optional(),
});

const endpointSchema = z.strictObject({
  serial: field(z.int().min(0).max(maxEndpointSerial), {
    example: "serial: 0",
    means: "Number of the endpoint within its node, part of its IKE identity; never used again for another uplink.",
    is: `a whole number from 0 to ${maxEndpointSerial}`,
    fix: "number the endpoints of a node 0, 1, 2 and so on",
  }),
  family: field(z.enum(["ip4", "ip6"]), {
    example: "family: ip4",
    means: "Address family of the uplink.",
    is: "ip4 or ip6",
  }),
  address: field(
    z
      .string()
      .refine(isPublicHost)
      .meta({ anyOf: [{ format: "ipv4" }, { format: "ipv6" }, { format: "hostname" }] }),
    {
      example: "address: 198.51.100.7",
      means:
        "Underlay address at which other nodes can reach the node, or a DNS name for one that changes: who dials looks it up every 10 seconds. A dot at its end changes nothing. Leave it out for a node behind NAT, which then only dials out.",
      is: "an IP address or a DNS name with a dot in it",
      fix: "write an IP address or a full DNS name, without prefix length or port; leave `address` out if the node can only dial out",
    },
  ).optional(),
  port: field(port, {
    example: "port: 4500",
    means: "UDP port for IKE and ESP, the same for all endpoints of a node.",
    is: portText,
  }).default(4500),
  mtu: field(z.int().min(minUnderlayMtuBytes.ip4).max(maxUnderlayMtuBytes), {
    example: "mtu: 1460",
    means:
      "Largest IP packet, in bytes, that passes the uplink whole: 1500 on Ethernet, 1492 with PPPoE, 1460 in Google's cloud. The MTU of a link follows from the smaller of its ends.",
    is: `a whole number of bytes from ${minUnderlayMtuBytes.ip4} (ip6: ${minUnderlayMtuBytes.ip6}) to ${maxUnderlayMtuBytes}`,
    fix: "find it out with `ping -M do -s SIZE` to another node: the largest SIZE that passes, plus 28 for IPv4 or 48 for IPv6",
  }).default(1500),
  cost: field(z.int().min(0).max(maxExtraCost), {
    example: "cost: 480",
    means:
      "What a link by this uplink costs babel on top of a hop (480 with the profiles lan and continental, 760 with global): for an uplink that is paid by the byte, or is to be the second choice.",
    is: `a whole number from 0 to ${maxExtraCost}`,
  }).default(0),
  interface: field(z.string().regex(interfacePattern), {
    example: "interface: eth1",
    means:
      "Network interface of the uplink, for a node with several uplinks of one family: the link's packets leave by it, whatever the routing table prefers.",
    is: "the name of a network interface, at most 15 letters, digits, dots, dashes and underscores",
    fix: "write the name that `ip link` on the node has for it",
  }).optional(),
  source: field(z.string().refine(isIpAddress), {
    example: "source: 10.0.0.5",
    means:
      "Address on `interface` that the link's packets leave from, where that is not `address`: behind a NAT, or with a DNS name.",
    is: "an IP address",
    fix: "write an address that `ip address` on the node has on that interface",
  }).optional(),
});

const nodeFields = field(
  z.strictObject({
    id: field(nodeIdSchema, {
      example: "id: 7",
      means: "Number of the node, unique for ever: its addresses and interface numbers derive from it.",
      is: `a whole number from 1 to ${maxNodeId}`,
      fix: "give the node a number that no node has or had before",
    }),
    organization: field(z.string().regex(identityPattern), {
      example: "organization: acme",
      means: "Who runs the node; part of its IKE identity.",
      is: identityText,
    }),
    commonName: field(z.string().regex(identityPattern), {
      example: "commonName: fra1",
      means:
        "Name of the node within its organization, part of its IKE identity. Left out, it is the file's name; nodes of two organizations may share one.",
      is: identityText,
    }).optional(),
    tags: field(
      z
        .array(
          field(z.string().regex(tagPattern), {
            means: "A word to select nodes by.",
            is: "a word of 1 to 63 lower-case letters, digits and inner dashes",
            fix: "rename the tag, for example `eu-west`; put one that is all digits in quotes",
          }),
        )
        .meta({ uniqueItems: true }),
      {
        example: "tags: [hub, eu]",
        means: "Words to select nodes by.",
        is: "a list of words",
        fix: "write a list, for example `tags: [hub, eu]`",
      },
    ).default([]),
    managed: field(z.boolean(), {
      example: "managed: false",
      means:
        "Whether fullmesh deploys to the node. Not to one that somebody else runs: the managed nodes link with it, and it relays for nobody.",
      is: "true or false",
    }).default(true),
    publicKey: field(textWithout(publicKeyFault), {
      example: "publicKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
      means: "Public key of a node that is not managed, which must have it. fullmesh makes the keys of the others.",
      is: "an ed25519 public key, in PEM or as its base64 on one line",
      fix: "write what `openssl pkey -in KEY -pubout` prints, without its first and last line",
    }).optional(),
    keys: rotatingNumbers("key", {
      example: "keys: [1, 2]",
      means:
        "Which of its keys a managed node has: the one in use first, then one that its peers accept, too. To change it without losing a packet, deploy [1, 2], then [2, 1], then [2]; `fullmesh rotate` writes them. fullmesh makes a key when its number first appears.",
      fix: "write `keys: [1]`, or what `fullmesh rotate` writes",
    }).default([1]),
    ssh: field(sshSchema, {
      example: "ssh: { host: 198.51.100.7 }",
      means:
        "Where and as whom the deployer logs in, always by the underlay. A managed node must have it, and no other may.",
      is: "a map with host, and optionally port, user and jump",
      fix: "write `ssh:` and below it, indented, `host: <address>`",
    }).optional(),
    isolation: field(z.enum(["none", "netns", "vrf"]), {
      example: "isolation: netns",
      means:
        "Where the node has the overlay: beside its own interfaces and routes; in a network namespace, `fullmesh`, in which a program is started, and sees nothing else; or in a VRF, `fullmesh`, to which a program is bound. The README weighs them.",
      is: "none, netns or vrf",
    }).default("none"),
    endpoints: field(
      z
        .array(
          field(endpointSchema, {
            means: "One uplink of the node.",
            is: "a map with serial, family, address and port",
            fix: "write `- serial: 0` and below it, indented, `family: ip4` and `address: <address>`",
          }),
        )
        .min(1),
      {
        example: "endpoints: [{ serial: 0, family: ip4, address: 198.51.100.7 }]",
        means: "The ways to reach the node over the underlay.",
        is: "a list of at least one endpoint",
        fix: "write `endpoints:` and below it `- serial: 0`, `family: ip4`, `address: <address>`; without address for a node behind NAT",
      },
    ),
    prefixes: field(
      z.array(
        field(z.string().refine(isIpNetwork), {
          means: "A network in CIDR notation.",
          is: "a network in CIDR notation",
          fix: "write network and prefix length, for example 10.20.0.0/16 or 2001:db8:20::/48",
        }),
      ),
      {
        example: "prefixes: [10.9.0.0/24]",
        means:
          "Networks behind the node that it announces to the mesh, each while the node's routing table has a route to exactly that network.",
        is: "a list of networks in CIDR notation",
        fix: "write a list, for example `prefixes: [10.20.0.0/16]`, or delete the field",
      },
    ).default([]),
    remarks: field(z.string(), { example: "remarks: rack 12", means: "Free text for people.", is: "text" }).optional(),
  }),
  {
    means: "One node of the mesh; the file's name is the node's.",
    is: "a map with id, organization, ssh and endpoints",
    fix: "write at least id, organization, ssh and endpoints; nodes/dev/fra1.yaml is an example",
  },
);

/** What a node file may say. Other rules between fields and between nodes are in the *Rules.ts files. */
export const nodeSchema = nodeFields
  .refine((node) => !lacks(node, "ssh", true), { path: ["ssh"], when: () => true })
  .refine((node) => !lacks(node, "publicKey", false), { path: ["publicKey"], when: () => true });

/** Whether a node of the one kind lacks the field that it must have. Asked of bad files as well, so that all is said at once. */
function lacks(node: unknown, name: "ssh" | "publicKey", managed: boolean): boolean {
  const fields = z.looseObject({ managed: z.boolean() }).safeParse(node).data;
  return fields?.managed === managed && fields[name] === undefined;
}

/** A node file with its defaults filled in. */
export type NodeFile = z.output<typeof nodeSchema>;
