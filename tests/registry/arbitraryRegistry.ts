import { createHash } from "node:crypto";
import fc from "fast-check";
import { publicKeyOfBytes, type PublicKey } from "../../core/registry/publicKey";
import type { RegistryFile } from "../../core/registry/parseRegistry";
import {
  fullMesh,
  type Endpoint,
  type Isolation,
  type Registry,
  type RegistryNode,
} from "../../core/registry/registry";
import { stringify } from "yaml";

/** Overlay networks that no generated registry collides with. */
export const overlays = { overlayIpv4: "10.66.0.0/16", overlayIpv6: "fd66:66::/64" };

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/).filter((name) => name !== "retired");
const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/);

/** A public key, another for each number. */
export function arbitraryKey(number: number): PublicKey {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt16BE(number, 30);
  return publicKeyOfBytes(bytes);
}

/** A public key, another for each text. */
export function keyOfText(text: string): PublicKey {
  return publicKeyOfBytes(createHash("sha256").update(text).digest());
}

/** What is drawn for a node; its addresses and networks follow from its id, so that nodes cannot collide. */
const draws = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 65534 }),
    name: label,
    organization: word,
    tags: fc.uniqueArray(label, { maxLength: 3 }),
    port: fc.integer({ min: 1, max: 65535 }),
    sshPort: fc.integer({ min: 1, max: 65535 }),
    user: label,
    reached: fc.constantFrom("address", "name", "never"),
    hasInterface: fc.boolean(),
    cost: fc.nat(16384),
    families: fc.uniqueArray(fc.constantFrom<"ip4" | "ip6">("ip4", "ip6"), { minLength: 1 }),
    mtu: fc.integer({ min: 1364, max: 9216 }),
    announces: fc.boolean(),
    remarks: fc.option(fc.string(), { nil: undefined }),
    hasCommonName: fc.boolean(),
    isManaged: fc.boolean(),
    isolation: fc.constantFrom<Isolation>("none", "netns", "vrf"),
    keys: fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 20, selector: ({ id }) => id },
);

/** A valid registry as it should be read, nodes by id. */
export const arbitraryRegistry: fc.Arbitrary<Registry> = draws.map((nodes) => {
  const names = new Set<string>();
  return {
    retired: [],
    policy: fullMesh,
    nodes: nodes
      .filter(({ name }) => !names.has(name) && names.add(name))
      .sort((a, b) => a.id - b.id)
      .map(
        ({
          id,
          name,
          organization,
          tags,
          port,
          sshPort,
          user,
          reached,
          hasInterface,
          cost,
          families,
          mtu,
          announces,
          remarks,
          hasCommonName,
          isManaged,
          isolation,
          keys,
        }): RegistryNode => {
          const [high, low] = [id >> 8, id & 255];
          const addresses = { ip4: `203.0.${high}.${low}`, ip6: `2001:db8::${id.toString(16)}` };
          const endpoints = families.map((family, serial): Endpoint => ({
            serial,
            family,
            port,
            mtuBytes: mtu,
            extraCost: cost,
            ...(reached === "address" ? { address: addresses[family] } : {}),
            ...(reached === "name" ? { dnsName: `n${id}.example` } : {}),
            ...(hasInterface && isManaged
              ? { uplink: { interface: "eth1", ...(reached === "address" ? { source: addresses[family] } : {}) } }
              : {}),
          }));
          return {
            name,
            id,
            organization,
            commonName: hasCommonName ? `N.${id}` : name,
            tags,
            ...(isManaged
              ? { managed: true, ssh: { host: `198.51.${high}.${low}`, port: sshPort, user }, isolation, keys }
              : { managed: false, publicKey: arbitraryKey(id) }),
            endpoints,
            prefixes: announces ? [`100.${high}.${low}.0/24`] : [],
            ...(remarks === undefined ? {} : { remarks }),
            file: `nodes/${name}.yaml`,
          };
        },
      ),
  };
});

/** The files that a person would write for a registry. */
export function filesOf({ nodes }: Registry): RegistryFile[] {
  return nodes.map(({ name, file, endpoints, ...content }) => {
    const written = endpoints.map(({ mtuBytes, extraCost, dnsName, uplink, ...endpoint }) => ({
      ...(dnsName === undefined ? {} : { address: dnsName.toUpperCase() }),
      ...endpoint,
      ...uplink,
      mtu: mtuBytes,
      cost: extraCost,
    }));
    return { path: file, text: `# ${name}\n${stringify({ ...content, endpoints: written })}` };
  });
}
