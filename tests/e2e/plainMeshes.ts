import { nodeNames, type DeployedMesh, type NodeName } from "./testMesh";

function plain(name: string, nodes: readonly NodeName[]): DeployedMesh {
  return {
    name,
    write: (mesh) => {
      for (const node of nodes) mesh.writeNode(node);
    },
  };
}

/** Three nodes with nothing special about them, deployed. */
export const threeNodes = plain("threeNodes", ["fra1", "nyc1", "tyo1"]);

/** Four of them. */
export const fourNodes = plain("fourNodes", nodeNames);

/** Three of them, one of which is logged in to as a user who must sudo. */
export const nodesWithSudo = plain("nodesWithSudo", ["fra1", "nyc1", "sao1"]);
