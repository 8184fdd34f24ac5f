import { pictureOfHealth } from "../../core/picture/ofHealth";
import { pictureOfPlan } from "../../core/picture/ofPlan";
import type { Picture } from "../../core/picture/picture";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type Endpoint, type Policy } from "../../core/registry/registry";
import { healthWith, plan, replacing, without, type NodeName } from "../observe/threeNodes";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const observedAt = "2026-11-23T22:00:00.000Z";

/** Three nodes as they tell, or as the reasons say why they do not. */
export function livePicture(changes: Parameters<typeof healthWith>[0] = {}): Picture {
  return pictureOfHealth("dev", plan, healthWith(changes), observedAt);
}

/** A link that is half, one that is up, and a node that does not answer, with what its host said. */
export function sickPicture(): Picture {
  return livePicture({
    fra1: replacing(/(if fm200-nyc1 .* txcost) 96/, "$1 65535"),
    nyc1: without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /),
    tyo1: 'refused: <script>alert(1)</script> & "quotes" ]]> \u0007\u202e',
  });
}

/** Names of the three. */
export const three: readonly NodeName[] = ["fra1", "nyc1", "tyo1"];

/** As many nodes as asked for, all linked. */
export function plannedPicture(count: number): Picture {
  const nodes = Array.from({ length: count }, (_, index) => labNode(index + 1, `node-${index + 1}`));
  return pictureOfPlan("dev", planMesh({ nodes, retired: [], policy: fullMesh }, settings));
}

const endpoint = (family: Endpoint["family"], address: string, serial: number): Endpoint => ({
  serial,
  family,
  address,
  port: 4500,
  mtuBytes: 1500,
  extraCost: 0,
});

/** Two links between two, a node of another organization, transit nodes, and a pair that the policy keeps apart. */
export function mixedPicture(): Picture {
  const both = (id: number): readonly Endpoint[] => [
    endpoint("ip4", `192.0.2.${10 + id}`, 0),
    endpoint("ip6", `2001:db8::${id}`, 1),
  ];
  const policy: Policy = { ...fullMesh, exclude: [{ tag: "lab", from: "edge" }], transit: ["hub"] };
  const nodes = [
    labNode(1, "fra1", { tags: ["hub"], endpoints: both(1) }),
    labNode(2, "nyc1", { tags: ["hub"], endpoints: both(2), prefixes: ["10.9.0.0/24"] }),
    labNode(3, "tyo1", { tags: ["lab"] }),
    labNode(4, "end", { tags: ["edge"], organization: "acme" }),
  ];
  return pictureOfPlan("dev", planMesh({ nodes, retired: [], policy }, settings));
}
