import type { Action } from "../../core/diff/actions";
import type { FieldChange, HostChange, LinkChange, MeshDifference, NodeChange } from "../../core/diff/meshDifference";
import { groupsBy } from "../../core/registry/groupsBy";
import { listed } from "../../core/registry/listed";

/** Part of the report, in an order that a reviewer asks in. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Something that comes, goes, or is another than before, and what there is to say of it. */
export interface Line {
  readonly mark: "+" | "-" | "~" | " ";
  readonly subject: string;
  readonly text: string;
}

/** The report, without sections that have nothing to say but for what may be lost. */
export function sections({ mesh, nodes, links, hosts, resilience, loss }: MeshDifference): readonly Section[] {
  return [
    { title: "mesh", lines: mesh.map((field) => ({ mark: "~", subject: field.field, text: fromTo(field) }) as const) },
    { title: "nodes", lines: nodes.map(nodeLine) },
    { title: "links", lines: grouped(links.map(linkLine)) },
    { title: "hosts", lines: grouped(hosts.map(hostLine)) },
    { title: "firewall", lines: hosts.filter(({ change }) => change === "changes").flatMap(firewallLines) },
    { title: "failures", lines: resilienceLines(resilience) },
    { title: "expected loss", lines: loss.map((text) => ({ mark: " ", subject: "", text }) as const) },
  ].filter(({ lines }) => lines.length > 0);
}

/** What the difference comes to, in a line. */
export function summary({ mesh, nodes, links }: MeshDifference): string {
  const counts = [...countsOf("node", nodes), ...countsOf("link", links)];
  if (counts.length > 0) return counts.join(", ");
  return mesh.length === 0 ? "no node and no link is concerned" : "settings of the mesh change, no node and no link";
}

type Change = NodeChange["change"] | LinkChange["change"];

const verbs: Readonly<Record<Change, string>> = {
  joins: "join",
  leaves: "leave",
  blinks: "blink",
  renews: "renew",
  changes: "change",
};

function countsOf(noun: string, things: readonly { readonly change: Change }[]): readonly string[] {
  return (["joins", "leaves", "blinks", "renews", "changes"] as const).flatMap((change) => {
    const count = things.filter((thing) => thing.change === change).length;
    if (count === 0) return [];
    return [count === 1 ? `1 ${noun} ${change}` : `${count} ${noun}s ${verbs[change]}`];
  });
}

const marks = { joins: "+", leaves: "-", blinks: "~", renews: "~", changes: "~" } as const;

function nodeLine({ name, change, ipv4, ipv6, fields, otherHost, freeId }: NodeChange): Line {
  const keys = otherHost ? `; the host there becomes ${name}, with all its keys` : "";
  const reminder = freeId === undefined ? "" : `; if it is gone for good, retire its id ${freeId} in _retired.yaml`;
  const text = change === "changes" ? `${fields.map(fieldText).join(", ")}${keys}` : `${ipv4}, ${ipv6}${reminder}`;
  return { mark: marks[change], subject: name, text };
}

function linkLine({ name, change, fields }: LinkChange): Line {
  if (change === "joins") return { mark: "+", subject: name, text: linkText(fields) };
  if (change === "leaves") return { mark: "-", subject: name, text: "" };
  const what = fields.map(fieldText).join(", ");
  return { mark: "~", subject: name, text: change === "changes" ? what : [change, what].filter(Boolean).join(": ") };
}

/** What a network engineer asks of a link first. */
function linkText(fields: readonly FieldChange[]): string {
  const value = new Map(fields.map(({ field, after }) => [field, after ?? ""]));
  const get = (field: string): string => value.get(field) ?? "";
  return `${get("path")}, initiator ${get("initiator")}, if_id ${get("ifId")}, MTU ${get("mtu")}, cost ${get("cost")}`;
}

function hostLine({ name, change, actions }: HostChange): Line {
  if (change === "joins") return { mark: "+", subject: name, text: "all is installed" };
  if (change === "leaves") return { mark: "-", subject: name, text: "all is taken away" };
  return { mark: "~", subject: name, text: actionTexts(actions).join("; ") };
}

function actionTexts(actions: readonly Action[]): readonly string[] {
  const count = (word: string): number => actions.filter((action) => action.startsWith(`${word} `)).length;
  const counted = (word: string, one: string, many: (n: number) => string): readonly string[] => {
    const n = count(word);
    return n === 0 ? [] : [n === 1 ? one : many(n)];
  };
  return [
    ...said(actions, "charon-restart", "charon restarts"),
    ...said(actions, "babeld-restart", "babeld restarts"),
    ...said(actions, "load", "charon takes connections anew"),
    ...counted(
      "former",
      "1 connection is re-established beside what runs",
      (n) => `${n} connections are re-established beside what runs`,
    ),
    ...counted(
      "revoked",
      "1 connection is terminated, for its key is no longer accepted, and re-established",
      (n) => `${n} connections are terminated, for their key is no longer accepted, and re-established`,
    ),
    ...counted("gone", "1 connection is ended", (n) => `${n} connections are ended`),
    ...said(actions, "links", "interfaces and routes are brought up to date"),
    ...counted("join", "babeld takes 1 interface", (n) => `babeld takes ${n} interfaces`),
    ...counted("leave", "babeld gives up 1 interface", (n) => `babeld gives up ${n} interfaces`),
    ...said(actions, "firewall", "nftables rules are replaced, in one transaction"),
    ...said(actions, "uplinks", "the watcher of uplinks restarts"),
    ...said(actions, "names", "the watcher of DNS names restarts"),
    ...said(actions, "units", "systemd reloads its units"),
    ...said(actions, "modules", "kernel modules are loaded"),
    ...said(actions, "networkd", "systemd-networkd learns which interfaces are the mesh's"),
  ];
}

function said(actions: readonly Action[], action: Action, text: string): readonly string[] {
  return actions.includes(action) ? [text] : [];
}

function firewallLines({ name, firewall }: HostChange): readonly Line[] {
  return [
    ...firewall.removed.map((text) => ({ mark: "-", subject: name, text }) as const),
    ...firewall.added.map((text) => ({ mark: "+", subject: name, text }) as const),
  ];
}

/** Names in a line. */
const mostNames = 6;

/** What becomes worse is red, as what is taken away. */
function resilienceLines({ nodes, oneWay }: MeshDifference["resilience"]): readonly Line[] {
  const pairs = (count: number): string => `${count} pair${count === 1 ? "" : "s"}`;
  const named = (what: string, names: readonly string[]): string =>
    names.length === 0 ? "" : `; ${what} ${listed(names, mostNames)}`;
  return [
    ...nodes.map(({ node, before, after }) => {
      const isWorse = after > before;
      const text = `${isWorse ? "worse" : "better"}: its loss cuts off ${pairs(after)} of other nodes, before ${before}`;
      return { mark: isWorse ? "-" : "+", subject: node, text } as const;
    }),
    ...(oneWay.added.length + oneWay.removed.length === 0
      ? []
      : [
          {
            mark: oneWay.after > oneWay.before ? "-" : oneWay.after < oneWay.before ? "+" : "~",
            subject: "pairs with one way",
            text: `${oneWay.before} => ${oneWay.after}${named("now", oneWay.added)}${named("no longer", oneWay.removed)}`,
          } as const,
        ]),
  ];
}

/** Of many that have the same to say, one line with all their names. */
function grouped(lines: readonly Line[]): readonly Line[] {
  return groupsBy(lines, ({ mark, text }) => `${mark}${text}`).map((group) => ({
    ...group[0],
    subject: group.map(({ subject }) => subject).join(", "),
  }));
}

function fieldText(change: FieldChange): string {
  return `${change.field} ${fromTo(change)}`;
}

function fromTo({ before, after }: FieldChange): string {
  return `${before ?? "(none)"} => ${after ?? "(none)"}`;
}
