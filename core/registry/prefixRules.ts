import { contains, isPrivate, overlaps, parseIpAddress, reservedRangeOf, type IpAddress } from "./addresses";
import type { Claim, NodeClaims, PrefixClaim, RegistryClaims } from "./claims";
import { listed } from "./listed";
import { comparePlaces, formatPlace, problemAt, type Problem } from "./problem";

/** A prefix with the node that announces it. */
interface OwnedPrefix extends PrefixClaim {
  readonly owner: string;
}

/** An address of the underlay, with the node that has it. */
interface OwnedAddress extends Claim<IpAddress> {
  readonly owner: string;
  /** What it is to the node: completes "the ... of fra1". */
  readonly what: string;
  /** Whether no other node ever sends to it. */
  readonly isOwnersAlone: boolean;
}

/** What must hold for announced networks: canonical, disjoint, and neither the overlay's own nor the underlay's. */
export function prefixRules({ nodes, overlays }: RegistryClaims): Problem[] {
  const prefixes = nodes.flatMap((node) => node.prefixes.map((prefix) => ({ ...prefix, owner: node.name })));
  const addresses = nodes.flatMap(underlayAddresses);
  return [
    ...prefixes.flatMap((prefix) => [
      ...hostBits(prefix),
      ...reserved(prefix),
      ...overlays
        .filter(({ network }) => overlaps(network, prefix.value))
        .map(({ setting, network }) =>
          problemAt(
            prefix.place,
            `${prefix.value.text} overlaps the overlay ${network.text} (${setting}), whose addresses belong to the nodes`,
            "announce a network outside the overlay, or choose another overlay",
          ),
        ),
      ...carriesUnderlay(prefix, addresses),
    ]),
    ...disjoint(prefixes),
  ];
}

/** Another spelling of the same network (upper case, `::0`) is canonicalised without a word. */
function hostBits({ value, written, place }: OwnedPrefix): Problem[] {
  const address = parseIpAddress(written.replace(/\/.*/, ""));
  if (!address || address.value === value.first) return [];
  const one = `${address.text}/${address.family === "ip4" ? 32 : 128}`;
  return [
    problemAt(
      place,
      `${written} is not a network: it has host bits set`,
      `write ${value.text} for the network, or ${one} for the one address`,
    ),
  ];
}

function reserved({ value, place }: OwnedPrefix): Problem[] {
  const range = reservedRangeOf(value);
  // A default route holds the reserved ranges, and is fine.
  if (!range || value.length < range.network.length) return [];
  const message = `${value.text} cannot be routed to: ${range.network.text} is ${range.name}`;
  return [problemAt(place, message, "delete the prefix, or write the network that is meant")];
}

/** The addresses that a node has without the mesh, as far as its file has them and not a DNS name. */
function underlayAddresses({ name: owner, endpoints, sshHost, bastions }: NodeClaims): OwnedAddress[] {
  const sshAddress = sshHost && parseIpAddress(sshHost.value);
  return [
    ...endpoints.flatMap(({ address, source }) => [
      ...(address ? [{ ...address, owner, what: "endpoint", isOwnersAlone: false }] : []),
      ...(source
        ? [{ ...source, owner, what: "`source` of an endpoint", isOwnersAlone: isPrivate(source.value) }]
        : []),
    ]),
    ...(sshAddress
      ? [{ value: sshAddress, place: sshHost.place, owner, what: "`ssh.host`", isOwnersAlone: isPrivate(sshAddress) }]
      : []),
    ...bastions.flatMap(({ value: host, place }) => {
      const value = parseIpAddress(host);
      return value ? [{ value, place, owner, what: "bastion", isOwnersAlone: isPrivate(value) }] : [];
    }),
  ];
}

/**
 * The mesh must not carry its own tunnels, nor the deployer's SSH: babeld would route an endpoint's address into the overlay that needs it. The network around a
 * private `source` or `ssh.host` may be announced by the node itself, as one behind it: a NAT stands between, and no other node sends to that address.
 */
function carriesUnderlay({ value, place, owner }: OwnedPrefix, addresses: readonly OwnedAddress[]): Problem[] {
  const held = addresses.filter(
    (address) => contains(value, address.value) && !(address.isOwnersAlone && address.owner === owner),
  );
  const [first] = held;
  if (!first) return [];
  const others = new Set(held.map((address) => address.value.text)).size - 1;
  const more = others === 0 ? "" : ` and ${others} more underlay ${others === 1 ? "address" : "addresses"}`;
  return [
    problemAt(
      place,
      `prefix ${value.text} of ${owner} holds ${first.value.text}, the ${first.what} of ${first.owner} (${formatPlace(first.place)})${more}; the mesh cannot carry its own underlay`,
      "announce smaller networks that leave underlay addresses out",
    ),
  ];
}

/** CIDR networks that overlap are nested: sorted by start, the widest first, each lies in the last one that is still open, or in none. */
function disjoint(prefixes: readonly OwnedPrefix[]): Problem[] {
  const sorted = [...prefixes].sort(
    (a, b) =>
      Number(a.value.family > b.value.family) - Number(a.value.family < b.value.family) ||
      Number(a.value.first > b.value.first) - Number(a.value.first < b.value.first) ||
      a.value.length - b.value.length ||
      comparePlaces(a.place, b.place),
  );
  const partners = new Map<OwnedPrefix, OwnedPrefix[]>();
  let open: OwnedPrefix[] = [];
  for (const prefix of sorted) {
    open = open.filter((outer) => overlaps(outer.value, prefix.value));
    for (const outer of open) {
      // Reported where the reader meets the second of the two.
      const [first, second] = comparePlaces(outer.place, prefix.place) < 0 ? [outer, prefix] : [prefix, outer];
      partners.set(second, [...(partners.get(second) ?? []), first]);
    }
    open.push(prefix);
  }
  return [...partners].map(([prefix, others]) => overlap(prefix, others));
}

function overlap({ value, owner, place }: OwnedPrefix, partners: readonly OwnedPrefix[]): Problem {
  const named = [...partners]
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map((other) => `${other.value.text} of ${other.owner} (${formatPlace(other.place)})`);
  return problemAt(
    place,
    `prefix ${value.text} of ${owner} overlaps ${listed(named, 3)}`,
    partners.every((other) => other.owner === owner)
      ? "delete the narrower of the two: the wider holds it"
      : "announce each network from one node; split the wider one if a part of it is elsewhere",
  );
}
