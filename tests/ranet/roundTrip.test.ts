import fc from "fast-check";
import { exportRanet } from "../../core/ranet/exportRanet";
import { importRanet } from "../../core/ranet/importRanet";
import { readRanet, type RanetNode, type RanetRegistry } from "../../core/ranet/ranetFile";
import { parseRegistry } from "../../core/registry/parseRegistry";
import { publicKeyPem, type PublicKey } from "../../core/registry/publicKey";
import { fullMesh, type Registry, type RegistryNode } from "../../core/registry/registry";
import { arbitraryKey, arbitraryRegistry, overlays } from "../registry/arbitraryRegistry";

const empty: Registry = { nodes: [], retired: [], policy: fullMesh };

/** Imports into an empty registry, by way of the text of the JSON and of the node files. */
function imported(members: unknown): Registry {
  const read = readRanet("registry.json", JSON.stringify(members));
  if (!read.ok || read.problems.length > 0) throw new Error(JSON.stringify(read.problems));
  const { files, nameless } = importRanet(read.members, empty, "nodes");
  expect(nameless).toEqual([]);
  const result = parseRegistry(files, overlays);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

const remarks = fc.oneof(
  fc.string(),
  fc.constantFrom("12", "true", '{"a":1}', '"quoted"', "null", "[ ]"),
  // JSON has one zero only.
  fc
    .jsonValue({ noUnicodeString: false })
    .filter((value) => value !== null && !JSON.stringify(value).includes("-0"))
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown),
);

/** Endpoints whose addresses follow from the node's number, so that no two nodes collide. */
const endpoints = (number: fc.Arbitrary<number>): fc.Arbitrary<RanetNode["endpoints"]> =>
  fc
    .tuple(
      number,
      fc.integer({ min: 1, max: 65535 }),
      fc.uniqueArray(
        fc.record({
          serial: fc.nat(15),
          family: fc.constantFrom("ip4", "ip6"),
          reached: fc.constantFrom("address", "name", "never"),
        }),
        { selector: ({ serial }) => serial, minLength: 1, maxLength: 4 },
      ),
    )
    .map(([n, port, list]) =>
      [...list]
        .sort((a, b) => a.serial - b.serial)
        .map(({ serial, family, reached }) => {
          const addresses = {
            ip4: `203.0.${n}.${serial + 1}`,
            ip6: `2001:db8::${(n + 1).toString(16)}:${(serial + 1).toString(16)}`,
          };
          const host = { address: addresses[family], name: `n${n}-${serial}.example.net`, never: undefined }[reached];
          return {
            serial_number: String(serial),
            address_family: family,
            ...(host === undefined ? {} : { address: host }),
            port,
          };
        }),
    );

/** In the order in which `export` writes. */
const members: fc.Arbitrary<RanetRegistry> = fc
  .uniqueArray(fc.record({ number: fc.nat(250), organization: fc.nat(3), key: fc.nat(1) }), {
    selector: ({ number }) => number,
    maxLength: 12,
  })
  .chain((draws) =>
    fc.tuple(
      ...draws.map(({ number, organization, key }) =>
        fc.record({
          organization: fc.constant(`Org_${organization}`),
          // Each organization has its own keys.
          public_key: fc.constant(publicKeyPem(arbitraryKey(2 * organization + key))),
          node: fc.record(
            {
              common_name: fc.constantFrom(`Node.${number}`, `n${number}`),
              endpoints: endpoints(fc.constant(number)),
              remarks,
            },
            { requiredKeys: ["common_name", "endpoints"] },
          ),
        }),
      ),
    ),
  )
  .map((list) => {
    const entries = new Map<string, { public_key: string; organization: string; nodes: RanetNode[] }>();
    for (const { organization, public_key, node } of list.sort((a, b) =>
      byText(a.node.common_name, b.node.common_name),
    )) {
      const entry = entries.get(public_key) ?? { public_key, organization, nodes: [] };
      entries.set(public_key, entry);
      entry.nodes.push(node);
    }
    return [...entries.values()].sort(
      (a, b) =>
        byText(a.organization, b.organization) || byText(a.nodes[0]?.common_name ?? "", b.nodes[0]?.common_name ?? ""),
    );
  });

function byText(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

test("export(import(json)) is json", () => {
  fc.assert(
    fc.property(
      members.filter((list) => list.length > 0),
      (json) => {
        expect(exportRanet(imported(json), {})).toEqual(json);
      },
    ),
  );
});

test("import(export(registry)) has the same nodes, as others see them", () => {
  const seen = ({ organization, commonName, endpoints, remarks }: RegistryNode, key: string): object => ({
    organization,
    commonName,
    endpoints: endpoints.map(({ serial, family, address, dnsName, port }) => ({
      serial,
      family,
      address,
      dnsName,
      port,
    })),
    remarks,
    key,
  });
  fc.assert(
    fc.property(arbitraryRegistry, (registry) => {
      const keyOf = (node: RegistryNode): PublicKey => (node.managed ? arbitraryKey(node.id) : node.publicKey);
      const keys = Object.fromEntries(registry.nodes.map((node) => [node.name, keyOf(node)]));
      const back = imported(exportRanet(registry, keys));
      const all = ({ nodes }: Registry): readonly object[] =>
        [...nodes]
          .sort((a, b) => byText(`${a.organization} ${a.commonName}`, `${b.organization} ${b.commonName}`))
          .map((node) => seen(node, keyOf(node)));
      expect(back.nodes.every(({ managed }) => !managed)).toBe(true);
      expect(all(back)).toEqual(all(registry));
    }),
  );
});
