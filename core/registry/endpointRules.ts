import { familyNames, reservedRangeOf, type IpAddress } from "./addresses";
import { minUnderlayMtuBytes } from "./nodeSchema";
import type { Claim, EndpointClaims, NodeClaims, RegistryClaims } from "./claims";
import { formatPlace, problemAt, type Problem } from "./problem";
import type { AddressFamily } from "./registry";

/** What must hold for the endpoints of each node. */
export function endpointRules({ nodes }: RegistryClaims): Problem[] {
  return nodes.flatMap((node) => [
    ...node.endpoints.flatMap(usableAddress),
    ...node.endpoints.flatMap(carriesIpv6),
    ...node.endpoints.flatMap(usableInterface),
    ...node.endpoints.flatMap(usableSource),
    ...uplinksTold(node),
    ...onePort(node),
  ]);
}

function usableAddress({ family, address }: EndpointClaims): Problem[] {
  if (!address) return [];
  const { family: actual, text } = address.value;
  if (family && family.value !== actual) {
    const fix = `write \`family: ${actual}\`, or an ${familyNames[family.value]} address; a node with both has an endpoint for each`;
    return [problemAt(address.place, isOfOtherFamily(address.value, family), fix)];
  }
  const range = reservedRangeOf(address.value);
  if (!range) return [];
  return [
    problemAt(
      address.place,
      `${text} is not an address that other nodes can reach: ${range.network.text} is ${range.name}`,
      range.name === "IPv4-mapped"
        ? "write the IPv4 address itself, with `family: ip4`"
        : "write the node's address on the underlay; leave `address` out if the node can only dial out",
    ),
  ];
}

/** The schema refuses what is too small for either family. */
function carriesIpv6({ family, mtu }: EndpointClaims): Problem[] {
  if (!family || !mtu || mtu.value >= minUnderlayMtuBytes[family.value]) return [];
  return [
    problemAt(
      mtu.place,
      `an uplink with MTU ${mtu.value} over ${familyNames[family.value]} makes links that carry no IPv6; it takes ${minUnderlayMtuBytes[family.value]}`,
      "raise the MTU of the uplink, or leave this endpoint out",
    ),
  ];
}

/** The loopback, and what ip-sysctl has in the place of a name. */
const noUplinks = ["lo", "all", "default"];

function usableInterface({ interface: uplink }: EndpointClaims): Problem[] {
  if (!uplink) return [];
  const { value: name, place } = uplink;
  const fix = "write the name of the uplink, or rename the interface on the node";
  if (noUplinks.includes(name)) {
    return [problemAt(place, `${name} is not an interface by which packets leave a host`, fix)];
  }
  if (!/^(fm|fullmesh)/.test(name)) return [];
  const ours = "named as the interfaces that fullmesh makes are (fm*, fullmesh*), and its rules would take it for one";
  return [problemAt(place, `${name} is ${ours}`, fix)];
}

function usableSource(endpoint: EndpointClaims): Problem[] {
  const { source, family } = endpoint;
  if (!source) return [];
  const { family: actual, text } = source.value;
  if (!endpoint.interface) {
    const message = "`source` is an address on `interface`, and this endpoint has no `interface`";
    return [problemAt(source.place, message, "add `interface: <name>`, or delete `source`")];
  }
  if (family && family.value !== actual) {
    const message = isOfOtherFamily(source.value, family);
    return [problemAt(source.place, message, `write an ${familyNames[family.value]} address of the interface`)];
  }
  const range = reservedRangeOf(source.value);
  if (!range) return [];
  const message = `packets from ${text} do not reach other nodes: ${range.network.text} is ${range.name}`;
  return [problemAt(source.place, message, "write the interface's address on the underlay")];
}

function isOfOtherFamily({ family, text }: IpAddress, of: Claim<AddressFamily>): string {
  return `${text} is an ${familyNames[family]} address, but the endpoint's family is ${of.value} (${formatPlace(of.place)})`;
}

/** Without being told, a host sends everything of one family by one of its uplinks, whatever the others are for. */
function uplinksTold({ name, managed, endpoints }: NodeClaims): Problem[] {
  // Its owner's business.
  if (managed?.value === false) return [];
  return (["ip4", "ip6"] as const).flatMap((family) => {
    const several = endpoints.filter((endpoint) => endpoint.family?.value === family);
    if (several.length < 2) return [];
    const count = `${name} has ${several.length} ${familyNames[family]} endpoints`;
    return several.flatMap((endpoint) => {
      if (!endpoint.interface) {
        const message = `${count}, and endpoints[${endpoint.index}] does not say by which interface its packets leave`;
        return [problemAt(endpoint.place, message, "add `interface: <name>` to each of them")];
      }
      if (endpoint.source ?? endpoint.address) return [];
      const message = `${count}, and endpoints[${endpoint.index}] does not say from which address of ${endpoint.interface.value} its packets leave`;
      return [problemAt(endpoint.interface.place, message, "add `source: <address of the interface>`")];
    });
  });
}

/** charon has one NAT port for all of its sockets (charon.port_nat_t). */
function onePort({ name, endpoints }: NodeClaims): Problem[] {
  const [first, ...others] = endpoints.flatMap(({ port }) => port ?? []);
  if (!first) return [];
  return others
    .filter(({ value }) => value !== first.value)
    .map(({ value, place }) =>
      problemAt(
        place,
        `all endpoints of ${name} must have one port, but this one has ${value} and the first has ${first.value} (${formatPlace(first.place)}); an endpoint without a port has 4500`,
        "write the same `port` in each endpoint of the node",
      ),
    );
}
