import type { Endpoint, RegistryNode } from "../registry/registry";
import type { PpkUse } from "../registry/settings";
import { identity } from "./identity";
import { initiator } from "./initiator";
import { interfaceId, interfaceName } from "./interface";
import { linkMtuBytes } from "./mtu";
import { linkLocalAddress } from "./overlay";
import type { Connection, Link, LinkEnd, UnlinkedPair } from "./plan";
import { ppkId } from "./ppk";

interface Side {
  readonly node: RegistryNode;
  readonly nodeId: number;
  readonly endpoint: Endpoint;
}

/** Every link between two nodes: one for each pair of endpoints that share a family and of which at least one can be dialled. */
export function linksBetween(a: RegistryNode, b: RegistryNode, ppk: PpkUse): readonly Link[] {
  const secret = ppk === "required" ? { ppkId: ppkId(a.id, b.id) } : {};
  return endpointPairs(a, b).flatMap(([sideA, sideB]) => {
    const dialler = initiator(sideA, sideB);
    return dialler === undefined
      ? []
      : [
          {
            a: { ...connection(sideA, sideB, dialler === sideA), ...secret },
            b: { ...connection(sideB, sideA, dialler === sideB), ...secret },
          },
        ];
  });
}

/** Why two nodes have no link. */
export function whyUnlinked(a: RegistryNode, b: RegistryNode): UnlinkedPair["reason"] {
  return endpointPairs(a, b).length === 0 ? "no family in common" : "neither has an address";
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
    .map((endpoint) => ({ node, nodeId: node.id, endpoint }));
}

function connection(local: Side, remote: Side, initiates: boolean): Connection {
  const ifId = interfaceId(remote.nodeId, local.endpoint.serial, remote.endpoint.serial);
  return {
    name: interfaceName(ifId, remote.node.name),
    ifId,
    local: linkEnd(local),
    remote: linkEnd(remote),
    family: local.endpoint.family,
    initiates,
    mtuBytes: linkMtuBytes(Math.min(local.endpoint.mtuBytes, remote.endpoint.mtuBytes), local.endpoint.family),
  };
}

function linkEnd({ node, endpoint }: Side): LinkEnd {
  return {
    node: node.name,
    nodeId: node.id,
    serial: endpoint.serial,
    identity: identity(node.organization, node.name, endpoint.serial),
    ...(endpoint.address === undefined ? {} : { address: endpoint.address }),
    port: endpoint.port,
    linkLocal: linkLocalAddress(node.id),
  };
}
