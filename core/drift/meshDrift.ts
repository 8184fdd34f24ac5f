import { managedNodes } from "../plan/managed";
import type { Connection, ManagedNode, MeshPlan } from "../plan/plan";
import { isOfMissingInterface } from "../observe/deviations";
import { interfaceWords, madeInterfaces } from "../observe/interfaceWords";
import { parseHostDifferences, type HostDifference } from "./hostDifference";
import { differenceWords, isNote } from "./words";

/** Things that are told of a node, of each kind. */
const maxTexts = 50;

/** What came back from a host that was asked what on it is other than the last deploy left it. */
export type DriftAnswer =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "unreachable"; readonly cause: string; readonly message: string };

/**
 * How a node is, against how the last deploy left it.
 *
 * | state | |
 * |---|---|
 * | `in-sync` | nothing is to be mended |
 * | `drifted` | something was changed by hand, or was left half done |
 * | `absent` | the mesh is not on this host |
 * | `unknown` | it does not answer, or tells too little |
 */
export type DriftState = "in-sync" | "drifted" | "absent" | "unknown";

/** One managed node. */
export interface NodeDrift {
  readonly name: string;
  readonly state: DriftState;
  /** What `pulumi up` has to mend, in words. */
  readonly differences: readonly string[];
  /** What is worth knowing, and is not to be mended on this node: what others have made, and links whose other end is the one to look at. */
  readonly notes: readonly string[];
  /** Why the state is unknown; null where it is not. */
  readonly unknown: string | null;
}

/** The mesh against how the last deploys left its nodes. This is also what `fullmesh drift --json` prints: fields are added, never renamed or removed. */
export interface MeshDrift {
  /** Every node is. */
  readonly inSync: boolean;
  /** Those that are managed, by id. */
  readonly nodes: readonly NodeDrift[];
}

/** Judges what the nodes say. */
export function meshDrift(plan: MeshPlan, answers: ReadonlyMap<string, DriftAnswer>): MeshDrift {
  const answering = new Set([...answers].flatMap(([name, answer]) => (hasMesh(answer) ? [name] : [])));
  const nodes = managedNodes(plan).map((node) => nodeDrift(node, answers.get(node.name), answering));
  return { inSync: nodes.every(({ state }) => state === "in-sync"), nodes };
}

/** Whether a node answers and its mesh is to run. */
function hasMesh(answer: DriftAnswer): boolean {
  return answer.kind === "answered" && !/^switched-off$/m.test(answer.text);
}

function nodeDrift(node: ManagedNode, answer: DriftAnswer | undefined, answering: ReadonlySet<string>): NodeDrift {
  if (answer === undefined) return unknownNode(node, "the node was not asked");
  if (answer.kind === "unreachable") return unknownNode(node, answer.message);
  const found = parseHostDifferences(answer.text);
  if (found === undefined) return unknownNode(node, "its answer breaks off");
  const unread = found.filter(({ kind }) => kind === "unread").map(differenceWords);
  const links = found.flatMap((difference) => linkFinding(node, difference, answering));
  const interfaces = found.filter(({ kind }) => kind === "ip").map(({ words }) => words.join(" "));
  const made = madeInterfaces(interfaces);
  const plain = found
    .filter(({ kind, words: [key = ""] }) => kind !== "sysctl" || !isOfMissingInterface(key, made))
    .filter(({ kind }) => !["ip", "unread", "no-sa", "lost-sa", "connecting"].includes(kind));
  const differences = first([
    ...plain.filter((difference) => !isNote(difference)).map(differenceWords),
    ...interfaceWords(interfaces),
    ...links.filter(({ isDrift }) => isDrift).map(({ text }) => text),
  ]);
  return {
    name: node.name,
    state: stateOf(found, differences, unread),
    differences,
    notes: first([
      ...plain.filter(isNote).map(differenceWords),
      ...links.flatMap(({ isDrift, text }) => (isDrift ? [] : text)),
    ]),
    unknown: unread.length === 0 ? null : first(unread).join("; "),
  };
}

/** The first of many: a host that says more is no better understood, and each becomes a line of the preview. */
function first(texts: readonly string[]): readonly string[] {
  const more = texts.length - maxTexts;
  return more <= 0 ? texts : [...texts.slice(0, maxTexts), `and ${more} more`];
}

function stateOf(
  found: readonly HostDifference[],
  differences: readonly string[],
  unread: readonly string[],
): DriftState {
  if (found.some(({ kind }) => kind === "absent")) return "absent";
  if (differences.length > 0) return "drifted";
  return unread.length > 0 ? "unknown" : "in-sync";
}

function unknownNode({ name }: ManagedNode, why: string): NodeDrift {
  const message = why.startsWith(`${name}: `) ? why.slice(name.length + 2) : why;
  return { name, state: "unknown", differences: [], notes: [], unknown: message };
}

/** A link without security associations is to be mended at the end that dials, unless that is dialling, or the other end is one that may be away. */
function linkFinding(
  node: ManagedNode,
  { kind, words: [name = ""] }: HostDifference,
  answering: ReadonlySet<string>,
): readonly { readonly isDrift: boolean; readonly text: string }[] {
  const link = node.connections.find((connection) => connection.name === name);
  switch (kind) {
    case "lost-sa":
      return [{ isDrift: true, text: `the kernel has lost the SA ${linkText(name, link)}` }];
    case "connecting":
      return [{ isDrift: false, text: `no SA yet ${linkText(name, link)}` }];
    case "no-sa": {
      const text = `no SA ${linkText(name, link)}`;
      if (link === undefined) return [{ isDrift: false, text }];
      const { remote, initiates } = link;
      if (!initiates) return [{ isDrift: false, text: `${text}, which dials` }];
      if (!remote.managed) return [{ isDrift: false, text: `${text}, which is not managed` }];
      if (!answering.has(remote.node))
        return [{ isDrift: false, text: `${text}, which does not answer over SSH or is switched off` }];
      return [{ isDrift: true, text: `${text}, which it should dial` }];
    }
  }
  return [];
}

function linkText(name: string, link: Connection | undefined): string {
  return link === undefined ? `of ${name}` : `of ${name} with ${link.remote.node}`;
}
