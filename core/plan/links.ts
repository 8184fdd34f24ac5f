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

interface Side {
  readonly node: RegistryNode;
  readonly nodeId: number;
  readonly managed: boolean;
  readonly endpoint: Endpoint;
}

/** What the settings say of links. */
export interface LinkSettings {
  /** What the babel profile takes for a hop. */
  readonly hopCost: number;
  readonly ciphers: Ciphers;
  readonly ppk: PpkUse;
}

/**
 * Every link between two nodes: one for each pair of endpoints that share a family and of which at least one can be dialled. A node that is not managed has no
 * preshared key.
 */
export function linksBetween(
  a: RegistryNode,
  b: RegistryNode,
  { hopCost, ciphers, ppk }: LinkSettings,
): readonly Link[] {
  const shared = {
    espProposals: espProposals(ciphers, a, b),
    ...(ppk === "required" && a.managed && b.managed ? { ppkId: ppkId(a.id, b.id) } : {}),
  };
  return endpointPairs(a, b).flatMap(([sideA, sideB]) => {
    const dialler = initiator(sideA, sideB);
    return dialler === undefined
      ? []
      : [
          {
            a: { ...half(sideA, sideB, dialler === sideA, hopCost), ...shared },
            b: { ...half(sideB, sideA, dialler === sideB, hopCost), ...shared },
          },
        ];
  });
}

/** Why two nodes have no link. */
export function whyUnlinked(a: RegistryNode, b: RegistryNode): UnlinkedReason {
  return endpointPairs(a, b).length === 0 ? "no-common-family" : "no-address";
}

function endpointPairs(a: RegistryNode, b: RegistryNode): readonly (readonly [Side, Side])[] {
  return sides(a).flatMap((sideA) =>
    sides(b)
      .filter((sideB) => sideA.endpoint.family === sideB.endpoint.family)
      .map((sideB) => [sideA, sideB] as const),
  );
}

function sides(node: RegistryNode): readonly Side[] {
  return [...node.endpoints]
    .sort((one, other) => one.serial - other.serial)
    .map((endpoint) => ({ node, nodeId: node.id, managed: node.managed, endpoint }));
}

/** What the two halves do not have from both nodes alike. */
function half(
  local: Side,
  remote: Side,
  initiates: boolean,
  hopCost: number,
): Omit<Connection, "espProposals" | "ppkId"> {
  const uplink = uplinkOf(local.endpoint);
  const ifId = interfaceId(remote.nodeId, local.endpoint.serial, remote.endpoint.serial);
  return {
    name: interfaceName(ifId, remote.node.name),
    ifId,
    local: linkEnd(local),
    remote: linkEnd(remote),
    family: local.endpoint.family,
    initiates,
    mtuBytes: linkMtuBytes(Math.min(local.endpoint.mtuBytes, remote.endpoint.mtuBytes), local.endpoint.family),
    rxcost: hopCost + local.endpoint.extraCost + remote.endpoint.extraCost,
    ...(uplink === undefined ? {} : { uplink }),
    fallbackMetric: fallbackMetric(local.endpoint.serial, remote.endpoint.serial),
  };
}

function linkEnd({ node, endpoint }: Side): LinkEnd {
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
