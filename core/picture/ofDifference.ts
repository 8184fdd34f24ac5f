import type { LinkChange, MeshDifference, NodeChange } from "../diff/meshDifference";
import type { LinkState, Picture, PictureNode } from "./picture";
import { byText } from "../registry/byText";

/** More lines than these are a tangle that says less than the list of them. */
export const maxChangedLinks = 30;

/** The picture of a change, or how many links it would have that are too many to see anything; neither where no node and no link comes, goes or blinks. */
export type DifferencePicture =
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "tooMany"; readonly links: number }
  | { readonly kind: "nothing" };

/** What comes, goes and blinks. Of what stays there are only the nodes at the ends of such links. */
export function pictureOfDifference({ nodes, links }: Pick<MeshDifference, "nodes" | "links">): DifferencePicture {
  const drawn = links.flatMap((link) => {
    const state = linkState(link.change);
    return state === undefined ? [] : [{ ...link, state }];
  });
  const moved = nodes.filter(({ change }) => change !== "changes");
  if (drawn.length > maxChangedLinks) return { kind: "tooMany", links: drawn.length };
  if (drawn.length === 0 && moved.length === 0) return { kind: "nothing" };
  const changes = new Map(nodes.map((node) => [node.name, node]));
  const names = new Set([...moved.map(({ name }) => name), ...drawn.flatMap(({ ends }) => ends)]);
  return {
    kind: "picture",
    picture: {
      title: "What changes",
      description: "Nodes and links that join, leave, change or blink, and the nodes at their ends.",
      nodes: [...names].sort(byText).map((name) => changedNode(name, changes.get(name))),
      links: drawn.map(({ ends: [a, b], state, fields }) => ({
        a,
        b,
        state,
        label: state,
        details: fields.map(({ field, before, after }) => `${field} ${before ?? "(none)"} => ${after ?? "(none)"}`),
      })),
    },
  };
}

type ChangedState = LinkState & LinkChange["change"];

/** A link that renews or changes carries on meanwhile. */
function linkState(change: LinkChange["change"]): ChangedState | undefined {
  return change === "renews" || change === "changes" ? undefined : change;
}

/** The difference does not tell who is whose, nor who forwards for others. */
function changedNode(name: string, node: NodeChange | undefined): PictureNode {
  return {
    name,
    organization: "",
    managed: true,
    transit: false,
    state: node?.change ?? "stays",
    address: node?.ipv4 ?? "",
    details: node === undefined ? [] : [`${node.ipv4}, ${node.ipv6}`],
  };
}
