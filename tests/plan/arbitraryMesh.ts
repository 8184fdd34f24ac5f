import * as fc from "fast-check";
import { babelProfiles } from "../../core/registry/babelProfile";
import { maxExtraCost } from "../../core/registry/nodeSchema";
import { fullMesh, type Endpoint, type Management, type Policy, type Registry } from "../../core/registry/registry";
import type { MeshSettings } from "../../core/registry/settings";
import { arbitraryKey } from "../registry/arbitraryRegistry";

export const settings: MeshSettings = {
  overlayIpv4: "10.42.0.0/16",
  overlayIpv6: "fd42:f00d::/48",
  ciphers: { ike: "aes256gcm16-prfsha384-x25519", esp: "aes256gcm16-x25519" },
  ppk: "none",
  babel: babelProfiles.continental,
  metrics: "none",
};

const endpoints: fc.Arbitrary<readonly Endpoint[]> = fc
  .uniqueArray(
    fc.record({
      serial: fc.nat(15),
      family: fc.constantFrom("ip4", "ip6"),
      dialled: fc.boolean(),
      mtuBytes: fc.integer({ min: 1364, max: 9216 }),
      extraCost: fc.nat(maxExtraCost),
    }),
    {
      selector: (endpoint) => endpoint.serial,
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) =>
    list.map(({ serial, family, dialled, mtuBytes, extraCost }) => ({
      serial,
      family,
      mtuBytes,
      extraCost,
      port: 4500,
      ...(dialled ? { address: family === "ip4" ? "198.51.100.1" : "2001:db8::1" } : {}),
    })),
  );

/** Names that share long beginnings, for that is what makes cut-off interface names collide. */
const name = (id: number): string => `frankfurt-am-main-${id}`;

const tag = fc.constantFrom("hub", "thin", "lab");

const policy: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant(fullMesh),
  fc.record({
    leaves: fc.array(fc.record({ tag, hubs: fc.uniqueArray(tag, { minLength: 1 }) }), { maxLength: 2 }),
    exclude: fc.array(fc.record({ tag, from: tag }), { maxLength: 1 }),
    transit: fc.option(fc.uniqueArray(tag, { minLength: 1 }), { nil: undefined }),
  }),
);

const management: fc.Arbitrary<Management> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constant({
      managed: true,
      isolation: "none",
      keys: [1],
      ssh: { host: "198.51.100.1", port: 22, user: "root" },
    } as const),
  },
  { weight: 1, arbitrary: fc.constant({ managed: false, publicKey: arbitraryKey(1) } as const) },
);

const node = fc.record({
  id: fc.integer({ min: 1, max: 65534 }),
  organization: fc.constantFrom("acme", "lab"),
  tags: fc.uniqueArray(tag, { maxLength: 2 }),
  management,
  endpoints,
  prefixes: fc.constant([]),
});

/** Any registry of some nodes, with several endpoints of either family, some of which cannot be dialled, and any policy. */
export const registries = (minLength = 0, maxLength = 64): fc.Arbitrary<Registry> =>
  fc
    .tuple(fc.uniqueArray(node, { selector: ({ id }) => id, minLength, maxLength, size: "max" }), policy)
    .map(([nodes, rules]) => ({
      nodes: nodes.map(({ management, ...fields }) => ({
        ...fields,
        ...management,
        name: name(fields.id),
        commonName: name(fields.id),
        file: `${name(fields.id)}.yaml`,
      })),
      retired: [],
      policy: rules,
    }));
