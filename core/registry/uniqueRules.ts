import { canonicalHost } from "./addresses";
import type { Claim, NodeClaims, RegistryClaims } from "./claims";
import { maxNodeId } from "./nodeSchema";
import { highestId } from "./overlayRules";
import { formatPlace, problemAt, type Place, type Problem } from "./problem";

/** What may be had by one only: ids, identities, SSH targets, underlay addresses; by one organization public keys; and within a node serials and tags. */
export function uniqueRules(claims: RegistryClaims): Problem[] {
  return [
    ...uniqueIds(claims),
    ...uniqueIdentities(claims.nodes),
    ...keysOfOneOrganization(claims.nodes),
    ...uniqueSshTargets(claims.nodes),
    ...uniqueEndpointAddresses(claims.nodes),
    ...claims.nodes.flatMap((node) => [...uniqueSerials(node), ...uniqueTags(node)]),
  ];
}

function uniqueIds({ nodes, retired, overlays }: RegistryClaims): Problem[] {
  const retiredIds = retired.map(({ id, name }) => ({ key: id.value, claim: id, owner: name }));
  const ids = nodes.flatMap(({ name, id }) => (id ? [{ key: id.value, claim: id, owner: name }] : []));
  const firstRetired = new Map([...retiredIds].reverse().map((entry) => [entry.key, entry]));

  const taken = new Set([...retiredIds, ...ids].map(({ key }) => key));
  const room = overlays.reduce((most, { network }) => Math.min(most, highestId(network)), maxNodeId);
  const free = freeId(taken, room);
  const example = free === undefined ? "" : `, for example ${free}`;

  return [
    ...collisions(retiredIds, (entry, first) =>
      problemAt(
        entry.claim.place,
        `id ${entry.key} is already retired, with ${first.owner} (${formatPlace(first.claim.place)})`,
        "delete one of the two: an id is listed once, whoever had it",
      ),
    ),
    ...ids.flatMap((entry) => {
      const old = firstRetired.get(entry.key);
      if (!old) return [];
      const message = `id ${entry.key} of ${entry.owner} was retired with ${old.owner} (${formatPlace(old.claim.place)}) and is never used again`;
      return [problemAt(entry.claim.place, message, `give ${entry.owner} a free id${example}`)];
    }),
    ...collisions(ids, (entry, first) =>
      problemAt(
        entry.claim.place,
        `id ${entry.key} of ${entry.owner} is already the id of ${first.owner} (${formatPlace(first.claim.place)}); addresses and interface numbers derive from it`,
        `give the newer of the two a free id${example}; do not renumber a node that is deployed`,
      ),
    ),
  ];
}

/** The id after the highest so far, which surely was not in use before; where there is none, the lowest unused one. */
function freeId(taken: ReadonlySet<number>, room: number): number | undefined {
  const next = [...taken].reduce((highest, id) => Math.max(highest, id), 0) + 1;
  if (next <= room) return next;
  for (let id = 1; id <= room; id++) if (!taken.has(id)) return id;
  return undefined;
}

/** charon makes no difference between upper and lower case in the names (PrintableString: identification.c, compare_dn). */
function uniqueIdentities(nodes: readonly NodeClaims[]): Problem[] {
  const identities = nodes.flatMap(({ name, organization, commonName }) =>
    organization && commonName
      ? [{ key: identityKey(organization.value, commonName.value), claim: commonName, owner: name }]
      : [],
  );
  return collisions(identities, ({ claim, owner }, first) =>
    problemAt(
      claim.place,
      `${owner} has the IKE identity of ${first.owner} (${formatPlace(first.claim.place)}): organization and commonName are the same, but for upper and lower case`,
      "give one of the two another `commonName`; a node that is deployed keeps its own",
    ),
  );
}

/** What no two nodes may have alike: their identity, as charon compares it. */
export function identityKey(organization: string, commonName: string): string {
  return `${organization}/${commonName}`.toLowerCase();
}

/** ranet has one key for all nodes of an organization; a key of two would let each pass for the other. */
function keysOfOneOrganization(nodes: readonly NodeClaims[]): Problem[] {
  const firsts = new Map<string, { readonly name: string; readonly organization: string; readonly place: Place }>();
  return nodes.flatMap(({ name, organization, publicKey }) => {
    if (!organization || !publicKey) return [];
    const first = firsts.get(publicKey.value);
    if (!first) firsts.set(publicKey.value, { name, organization: organization.value, place: publicKey.place });
    if (!first || first.organization === organization.value) return [];
    const message = `the \`publicKey\` of ${name}, of ${organization.value}, is that of ${first.name}, of ${first.organization} (${formatPlace(first.place)}); each could pass for the other`;
    return [problemAt(publicKey.place, message, "ask both organizations for their keys, and correct the wrong one")];
  });
}

function uniqueSshTargets(nodes: readonly NodeClaims[]): Problem[] {
  // Behind another bastion, too: known_hosts has the keys of one name together, and each of them would do for either host.
  const targets = nodes.flatMap(({ name, sshHost, sshPort, bastions }) => {
    if (!sshHost || !sshPort) return [];
    const key = `${canonicalHost(sshHost.value)} port ${sshPort.value}`;
    return [{ key, claim: sshHost, owner: name, isBehind: bastions.length > 0 }];
  });
  return collisions(targets, (entry, first) =>
    problemAt(
      entry.claim.place,
      `${entry.owner} and ${first.owner} (${formatPlace(first.claim.place)}) are one host to SSH: ${entry.key}`,
      entry.isBehind && first.isBehind
        ? "correct `ssh.host` or `ssh.port` of the wrong one; where they are two hosts behind different bastions, give each a name that its bastion resolves"
        : "correct `ssh.host` or `ssh.port` of the wrong one; a host is one node",
    ),
  );
}

function uniqueEndpointAddresses(nodes: readonly NodeClaims[]): Problem[] {
  const addresses = nodes.flatMap(({ name, endpoints }) =>
    endpoints.flatMap(({ address, dnsName, family, port }) => {
      const claim: Claim<unknown> | undefined = address ?? dnsName;
      if (!claim || !port) return [];
      // A name may stand for an address of each family.
      const host = address ? address.value.text : `${dnsName?.value} (${family?.value})`;
      return [{ key: `${host} port ${port.value}`, claim, owner: name }];
    }),
  );
  return collisions(addresses, (entry, first) => {
    const partner = first.owner === entry.owner ? "another endpoint of the node" : first.owner;
    return problemAt(
      entry.claim.place,
      `${entry.owner} has an endpoint at ${entry.key}, as has ${partner} (${formatPlace(first.claim.place)})`,
      first.owner === entry.owner
        ? "delete one of the two endpoints, or correct its address"
        : "correct the wrong address; nodes behind one address need different ports",
    );
  });
}

function uniqueSerials({ name, endpoints }: NodeClaims): Problem[] {
  const serials = endpoints.flatMap(({ serial }) =>
    serial ? [{ key: serial.value, claim: serial, owner: name }] : [],
  );
  return collisions(serials, (entry, first) =>
    problemAt(
      entry.claim.place,
      `serial ${entry.key} is already that of another endpoint of ${name} (${formatPlace(first.claim.place)})`,
      "give the newer endpoint a serial that the node never used",
    ),
  );
}

function uniqueTags({ name, tags }: NodeClaims): Problem[] {
  const words = tags.map((tag) => ({ key: tag.value, claim: tag, owner: name }));
  return collisions(words, (entry, first) =>
    problemAt(
      entry.claim.place,
      `tag ${JSON.stringify(entry.key)} is already in the list (${formatPlace(first.claim.place)})`,
      "delete one of the two",
    ),
  );
}

interface Entry<K> {
  readonly key: K;
  readonly claim: Claim<unknown>;
  readonly owner: string;
}

/** A problem for each entry whose key an earlier entry has. */
function collisions<K, E extends Entry<K>>(entries: readonly E[], problem: (entry: E, first: E) => Problem): Problem[] {
  const firsts = new Map<K, E>();
  return entries.flatMap((entry) => {
    const first = firsts.get(entry.key);
    if (first) return [problem(entry, first)];
    firsts.set(entry.key, entry);
    return [];
  });
}
