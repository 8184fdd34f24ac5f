import type { Endpoint, RegistryNode } from "../registry/registry";
import type { Ciphers, PpkUse } from "../registry/settings";
import { espProposals } from "./espProposals";
import { fallbackMetric } from "./fallback";
import { identity } from "./identity";
import { initiator } from "./initiator";
import { interfaceId, interfaceName } from "./interface";
import { linkMtuBytes } from "./mtu";
import { linkLocalAddress } from "./overlay";
import { uplinkOf } from "./uplink";
import type { Connection, Link, LinkEnd, UnlinkedReason } from "./plan";
import { ppkId } from "./ppk";

/** An endpoint, with what each of its links has of it. */
export interface Side {
  readonly nodeId: number;
  readonly managed: boolean;
  readonly endpoint: Endpoint;
  readonly end: LinkEnd;
  readonly uplink: Pick<Connection, "uplink">;
}

/** Of one node, by serial: made once for all its links. */
export type Sides = readonly Side[];

/** What the settings say of links. */
export interface LinkSettings {
  /** What the babel profile takes for a hop. */
  readonly hopCost: number;
  readonly ciphers: Ciphers;
  readonly ppk: PpkUse;
}

/** The sides of a node's links. */
export function sidesOf(node: RegistryNode): Sides {
  return [...node.endpoints]
    .sort((one, other) => one.serial - other.serial)
    .map((endpoint) => {
      const uplink = uplinkOf(endpoint);
      return {
        nodeId: node.id,
        managed: node.managed,
        endpoint,
        end: linkEnd(node, endpoint),
        uplink: uplink === undefined ? {} : { uplink },
      };
    });
}

/**
 * Every link between two nodes: one for each pair of endpoints that share a family and of which at least one can be dialled. A node that is not managed has no
 * preshared key.
 */
export function linksBetween(a: Sides, b: Sides, settings: LinkSettings): readonly Link[] {
  return endpointPairs(a, b).flatMap(([sideA, sideB]) => {
    const dialler = initiator(sideA, sideB);
    if (dialler === undefined) return [];
    const shared = sharedBy(sideA, sideB, settings);
    return [{ a: half(sideA, sideB, dialler === sideA, shared), b: half(sideB, sideA, dialler === sideB, shared) }];
  });
}

/** Why two nodes have no link. */
export function whyUnlinked(a: Sides, b: Sides): UnlinkedReason {
  return endpointPairs(a, b).length === 0 ? "no-common-family" : "no-address";
}

function endpointPairs(a: Sides, b: Sides): readonly (readonly [Side, Side])[] {
  return a.flatMap((sideA) =>
    b.filter((sideB) => sideA.endpoint.family === sideB.endpoint.family).map((sideB) => [sideA, sideB] as const),
  );
}

/** What the two halves of a link have alike. */
type Shared = Pick<Connection, "family" | "mtuBytes" | "rxcost" | "espProposals" | "ppkId">;

function sharedBy(a: Side, b: Side, { hopCost, ciphers, ppk }: LinkSettings): Shared {
  const { family } = a.endpoint;
  const shared = {
    family,
    mtuBytes: linkMtuBytes(Math.min(a.endpoint.mtuBytes, b.endpoint.mtuBytes), family),
    rxcost: hopCost + a.endpoint.extraCost + b.endpoint.extraCost,
    espProposals: espProposals(ciphers, a, b),
  };
  return ppk === "required" && a.managed && b.managed ? { ...shared, ppkId: ppkId(a.nodeId, b.nodeId) } : shared;
}

function half(local: Side, remote: Side, initiates: boolean, shared: Shared): Connection {
  const ifId = interfaceId(remote.nodeId, local.end.serial, remote.end.serial);
  return {
    name: interfaceName(ifId, remote.end.node),
    ifId,
    local: local.end,
    remote: remote.end,
    initiates,
    fallbackMetric: fallbackMetric(local.end.serial, remote.end.serial),
    ...shared,
    ...local.uplink,
  };
}

function linkEnd(node: RegistryNode, endpoint: Endpoint): LinkEnd {
  return {
    node: node.name,
    nodeId: node.id,
    managed: node.managed,
    serial: endpoint.serial,
    identity: identity(node.organization, node.commonName, endpoint.serial),
    ...(endpoint.address === undefined ? {} : { address: endpoint.address }),
    ...(endpoint.dnsName === undefined ? {} : { dnsName: endpoint.dnsName }),
    port: endpoint.port,
    linkLocal: linkLocalAddress(node.id),
  };
}
