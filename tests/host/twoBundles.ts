import { planMesh } from "../../core/plan/planMesh";
import { managedNodes } from "../../core/plan/managed";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import type { HostFile } from "../../core/render/hostFile";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { keyOfText } from "../registry/arbitraryRegistry";

const [fra1, nyc1, tyo1] = [labNode(1, "fra1"), labNode(2, "nyc1"), labNode(3, "tyo1")];

function filesOfFra1(nodes: readonly RegistryNode[]): readonly HostFile[] {
  const plan = planMesh({ nodes, retired: [], policy: fullMesh }, settings);
  const [node] = managedNodes(plan);
  if (node === undefined) throw new Error("no node");
  return renderNode(plan, node, Object.fromEntries(nodes.map(({ name }) => [name, [keyOfText(name)]])));
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
