import { contains, familyNames, parseIpAddress, sizeOf, type IpAddress, type IpNetwork } from "./addresses";
import type { Claim, NodeClaims, Overlay, RegistryClaims } from "./claims";
import { maxNodeId } from "./nodeSchema";
import { problemAt, type Problem } from "./problem";

/** What must hold between nodes and the overlay networks: every id has an address there, and the underlay and SSH do not go through them. */
export function overlayRules({ nodes, overlays }: RegistryClaims): Problem[] {
  return nodes.flatMap((node) =>
    overlays.flatMap((overlay) => [...idFits(node, overlay), ...underlayIsOutside(node, overlay)]),
  );
}

/** The highest id that has an address in the overlay: in IPv4 the last address of a network is its broadcast address. */
export function highestId(network: IpNetwork): number {
  const room = sizeOf(network) - (network.family === "ip4" ? 2n : 1n);
  return room < maxNodeId ? Number(room) : maxNodeId;
}

function idFits({ name, id }: NodeClaims, { setting, network }: Overlay): Problem[] {
  const highest = highestId(network);
  if (!id || id.value <= highest) return [];
  const message = `id ${id.value} of ${name} has no address in the ${familyNames[network.family]} overlay ${network.text} (${setting}), which has room for ids 1 to ${highest}`;
  return [problemAt(id.place, message, `use an id up to ${highest}, or a larger overlay if nothing is deployed yet`)];
}

function underlayIsOutside({ endpoints, sshHost, bastions }: NodeClaims, overlay: Overlay): Problem[] {
  return [
    ...endpoints.flatMap(({ address }) =>
      address
        ? outside(
            address,
            overlay,
            "an endpoint's address",
            "write the address that the node has without the mesh, or choose another overlay",
          )
        : [],
    ),
    ...[...(sshHost ? [sshHost] : []), ...bastions].flatMap(({ value: host, place }) => {
      const value = parseIpAddress(host);
      const fix = "write an underlay address or a DNS name: the deployer must get in when the mesh is down";
      return value ? outside({ value, place }, overlay, "the address for SSH", fix) : [];
    }),
  ];
}

function outside(
  { value, place }: Claim<IpAddress>,
  { setting, network }: Overlay,
  what: string,
  fix: string,
): Problem[] {
  if (!contains(network, value)) return [];
  const message = `${value.text} lies in the overlay ${network.text} (${setting}), but is ${what}, which must be on the underlay`;
  return [problemAt(place, message, fix)];
}
