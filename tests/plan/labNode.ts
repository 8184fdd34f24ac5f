import type { RegistryNode } from "../../core/registry/registry";

/** A managed node with one IPv4 endpoint, as it is in a registry. */
export function labNode(
  id: number,
  name: string,
  more: Partial<Extract<RegistryNode, { managed: true }>> = {},
): RegistryNode {
  const address = `192.0.2.${10 + id}`;
  return {
    id,
    name,
    organization: "lab",
    commonName: name,
    tags: [],
    managed: true,
    isolation: "none",
    keys: [1],
    ssh: { host: address, port: 22, user: "root" },
    endpoints: [{ serial: 0, family: "ip4", address, port: 4500, mtuBytes: 1500, extraCost: 0 }],
    prefixes: [],
    file: `${name}.yaml`,
    ...more,
  };
}
