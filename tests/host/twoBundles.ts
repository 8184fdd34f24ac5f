import { planMesh } from "../../core/plan/planMesh";
import { managedNodes } from "../../core/plan/managed";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import type { HostFile } from "../../core/render/hostFile";
import { renderNode } from "../../core/render/renderNode";
import type { PublicKeys } from "../../core/render/swanctl";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { keyOfText } from "../registry/arbitraryRegistry";

const [fra1, nyc1, tyo1] = [labNode(1, "fra1"), labNode(2, "nyc1"), labNode(3, "tyo1")];

function filesOfFra1(nodes: readonly RegistryNode[], others: PublicKeys = {}): readonly HostFile[] {
  const plan = planMesh({ nodes, retired: [], policy: fullMesh }, settings);
  const [node] = managedNodes(plan);
  if (node === undefined) throw new Error("no node");
  const keys = Object.fromEntries(nodes.map(({ name }) => [name, [keyOfText(name)]]));
  return renderNode(plan, node, { ...keys, ...others });
}

/** The node `fra1` before: with nyc1 and tyo1. */
export const before = filesOfFra1([fra1, nyc1, tyo1]);

/** After: tyo1 has left, sao1 has joined, and nyc1 has another address. Connections, links and what babel has come, go and change. */
export const after = filesOfFra1([
  fra1,
  { ...nyc1, endpoints: nyc1.endpoints.map((endpoint) => ({ ...endpoint, address: "192.0.2.99" })) },
  labNode(4, "sao1"),
]);

/** Another after: fra1 names its uplink, so that it has a service more, and charon other settings. */
export const afterWithUplink = filesOfFra1([
  { ...fra1, endpoints: fra1.endpoints.map((endpoint) => ({ ...endpoint, uplink: { interface: "lo" } })) },
  nyc1,
]);

/** The keys of nyc1: the one of `before`, and another. */
export const keysOfNyc1 = { stolen: keyOfText("nyc1"), next: keyOfText("another of nyc1") } as const;

/** As before, but nyc1 has another key, for its own was stolen. */
export const revoking = filesOfFra1([fra1, nyc1, tyo1], { nyc1: [keysOfNyc1.next] });

/** As before, but nyc1 is about to have another key. */
export const rotating = filesOfFra1([fra1, nyc1, tyo1], { nyc1: [keysOfNyc1.stolen, keysOfNyc1.next] });
