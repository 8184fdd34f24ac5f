import type { Verdict } from "../observe/health";

/** A mesh as it is drawn. Renderers know nothing of plans, observations or differences. */
export interface Picture {
  /** In a few words: the stack, and how many nodes and links. */
  readonly title: string;
  /** In a sentence: where it is from, and what to look at. */
  readonly description: string;
  /** In the order in which they are drawn. */
  readonly nodes: readonly PictureNode[];
  /** In the order in which they are drawn; there may be several between two nodes. */
  readonly links: readonly PictureLink[];
}

export interface PictureNode {
  /** Unique in the picture: a lower-case DNS label (core/registry/fieldFormats). */
  readonly name: string;
  readonly organization: string;
  readonly managed: boolean;
  /** Whether it is a transit node: it forwards what others send each other. */
  readonly transit: boolean;
  readonly state: NodeState;
  /** To write below the name, where there is room: its overlay IPv4 address. */
  readonly address: string;
  /** What else there is to know, a line each. Some of it may be from a host. */
  readonly details: readonly string[];
}

export interface PictureLink {
  /** Name of the node that is drawn first of the two. */
  readonly a: string;
  readonly b: string;
  readonly state: LinkState;
  /** A few characters to write beside the line, or empty. */
  readonly label: string;
  /** What else there is to know, a line each. Some of it may be from a host. */
  readonly details: readonly string[];
}

/**
 * | state | node |
 * |---|---|
 * | `planned` | as the files have it; nobody was asked |
 * | `healthy`, `problems`, `unreachable` | as `fullmesh status` has it |
 * | `unmanaged` | somebody else's, who was not asked |
 * | `joins`, `leaves`, `changes` | what a deploy does to it |
 * | `stays` | it is the end of a link to which a deploy does something |
 */
export type NodeState =
  "planned" | "healthy" | "problems" | "unreachable" | "unmanaged" | "joins" | "leaves" | "changes" | "stays";

/** As the files have it; as `fullmesh status` has it; or what a deploy does to it. */
export type LinkState = "planned" | Verdict | "joins" | "leaves" | "blinks";
