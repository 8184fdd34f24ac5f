import type { Connection, LinkEnd, MeshPlan, NodePlan } from "./plan";

/** Version of what `linkKey` gives: a key is compared with those of its own version alone. To be raised with any change of its parts or their order. */
export const linkKeyVersion = 1;

/**
 * What a connection cannot change and stay the same security associations, as canonical JSON: two connections have the same key if and only if all of it is equal.
 * MTU, cost, public keys and the number of the preshared key are no part of it: the first two change under a link that is up, keys are not known beforehand, and
 * another preshared key has the link re-established beside what runs.
 */
export function linkKey(connection: Connection, node: NodePlan, { ciphers }: Pick<MeshPlan, "ciphers">): string {
  const { local, remote, ifId, initiates, espProposals, ppkId, uplink } = connection;
  return JSON.stringify([
    pathKey(connection),
    [local.identity, remote.identity],
    [ifId, uplink?.mark ?? null],
    initiates,
    [ciphers.ike, espProposals, ppkId ?? null],
    charonKey(node),
  ]);
}

/** The underlay path of a connection, as canonical JSON: security associations are bound to it. */
export function pathKey({ family, local, remote, uplink }: Connection): string {
  return JSON.stringify([family, underlay(local), underlay(remote), uplink?.interface ?? null, uplink?.source ?? null]);
}

function underlay({ address, dnsName, port }: LinkEnd): readonly (string | number | null)[] {
  return [address ?? null, dnsName ?? null, port];
}

/** What charon restarts for when it changes (core/render/charon), and with it all links of the node. */
function charonKey({ port, uplinks, allUplinksNamed }: NodePlan): readonly unknown[] {
  return [port, allUplinksNamed, uplinks.map((uplink) => uplink.interface)];
}
