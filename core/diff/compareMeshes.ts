import { describeConnection } from "../describe/connection";
import { describeNumbers } from "../describe/numbers";
import { describeNode } from "../describe/node";
import { describeUnmanagedNode } from "../describe/unmanagedNode";
import { linkName } from "../plan/connectionName";
import { pathKey } from "../plan/linkKey";
import type { Connection, Link, MeshPlan, NodePlan } from "../plan/plan";
import { describeBabel } from "../registry/babelProfile";
import type { Registry } from "../registry/registry";
import type { StackSettings } from "../registry/settings";
import { hostPaths, type HostFile } from "../render/hostFile";
import { actionsBetween } from "./actions";
import { filesByNode, type FilesByNode } from "./filesByNode";
import { fieldChanges, type Description } from "./fields";
import { expectedLoss } from "./expectedLoss";
import { resilienceChange } from "./resilienceChange";
import type { HostChange, LinkChange, MeshDifference, NodeChange } from "./meshDifference";

/** A mesh as files describe it. */
export interface DescribedMesh {
  readonly plan: MeshPlan;
  readonly registry: Pick<Registry, "retired">;
  readonly settings: Pick<StackSettings, "keySource">;
}

/** What becomes of a mesh that is as the one says when it is deployed by the other. No host is asked: drift is not seen, nor whether a node has new keys. */
export function compareMeshes(before: DescribedMesh, after: DescribedMesh): MeshDifference {
  const newKeys = before.settings.keySource === "node" && after.settings.keySource === "state";
  const [had, has] = [filesByNode(before.plan), filesByNode(after.plan, newKeys ? "new-key" : "key")] as const;
  const hosts = hostChanges(had, has);
  const nodes = nodeChanges(before.plan, after);
  const links = linkChanges(before.plan, after.plan, hosts);
  const mesh = fieldChanges(describeMesh(before), describeMesh(after));
  const loss = expectedLoss({ nodes, links, hosts }, before.plan, after.plan, newKeys);
  return { mesh, nodes, links, hosts, resilience: resilienceChange(before.plan, after.plan), loss };
}

function describeMesh({
  plan: { overlay, ciphers, babel, secrets, metrics },
  settings: { keySource },
}: DescribedMesh): Description {
  return {
    overlayIpv4: overlay.ipv4,
    overlayIpv6: overlay.ipv6,
    ike: ciphers.ike,
    esp: ciphers.esp,
    routing: describeBabel(babel),
    secrets: describeNumbers(secrets),
    keySource,
    metrics,
  };
}

/** What has a name in both is compared, the rest joins or leaves. */
function paired<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly Pair<T>[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => ({
    name,
    before: before.get(name),
    after: after.get(name),
  }));
}

interface Pair<T> {
  readonly name: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

function nodeChanges(before: MeshPlan, { plan: after, registry }: DescribedMesh): readonly NodeChange[] {
  const taken = new Set([...after.nodes, ...registry.retired].map(({ id }) => id));
  return paired(nodesByName(before), nodesByName(after)).flatMap(({ name, before: old, after: now }): NodeChange[] => {
    const node = now ?? old;
    if (node === undefined) return [];
    const common = { name, ...node.overlay };
    if (old === undefined) return [{ ...common, change: "joins", fields: [] }];
    if (now === undefined)
      return [{ ...common, change: "leaves", fields: [], ...(taken.has(node.id) ? {} : { freeId: node.id }) }];
    const fields = fieldChanges(describe(old), describe(now));
    if (fields.length === 0) return [];
    return [{ ...common, change: "changes", fields, ...(isOtherHost(old, now) && { otherHost: true }) }];
  });
}

function isOtherHost(old: NodePlan, now: NodePlan): boolean {
  return old.managed && now.managed && (old.ssh.host !== now.ssh.host || old.ssh.port !== now.ssh.port);
}

function nodesByName({ nodes }: MeshPlan): ReadonlyMap<string, NodePlan> {
  return new Map(nodes.map((node) => [node.name, node]));
}

/** Whom a node has no link with is seen from the links. What a description leaves out, as it is mostly so, is said where it was or will be otherwise. */
function describe(node: NodePlan): Description {
  if (!node.managed) return { ...describeUnmanagedNode(node) };
  const description = describeNode(node, []);
  const { isolation = "none", keys = "1" } = description;
  return { ...description, isolation, keys };
}

function hostChanges(before: FilesByNode, after: FilesByNode): readonly HostChange[] {
  return [...new Set([...before.names, ...after.names])].flatMap((name): HostChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    const firewall = rulesBetween(old ?? [], now ?? []);
    if (old === undefined) return [{ name, change: "joins", actions: [], firewall }];
    if (now === undefined) return [{ name, change: "leaves", actions: [], firewall }];
    const actions = actionsBetween(old, now);
    return actions.length === 0 ? [] : [{ name, change: "changes", actions, firewall }];
  });
}

function rulesBetween(before: readonly HostFile[], after: readonly HostFile[]): HostChange["firewall"] {
  const [had, has] = [rules(before), rules(after)];
  return { added: has.filter((line) => !had.includes(line)), removed: had.filter((line) => !has.includes(line)) };
}

function rules(files: readonly HostFile[]): readonly string[] {
  return files
    .filter(({ path }) => path === hostPaths.firewall)
    .flatMap(({ content }) => content.split("\n").map((line) => line.replace(/#.*/, "").trim()))
    .filter((line) => line !== "");
}

function linkChanges(before: MeshPlan, after: MeshPlan, hosts: readonly HostChange[]): readonly LinkChange[] {
  const actions = new Map(hosts.map(({ name, actions: some }) => [name, new Set<string>(some)]));
  return paired(linksByName(before), linksByName(after)).flatMap(({ name, before: old, after: now }): LinkChange[] => {
    const fields = fieldChanges(
      old === undefined ? {} : describeHalf(old.a, before),
      now === undefined ? {} : describeHalf(now.a, after),
    );
    const link = now ?? old;
    if (link === undefined) return [];
    const common = { name, ends: [link.a.local.node, link.a.remote.node] as const, fields };
    if (old === undefined) return [{ ...common, change: "joins" }];
    if (now === undefined) return [{ ...common, change: "leaves" }];
    const change = fateOf(old, now, actions);
    return change === "changes" && fields.length === 0 ? [] : [{ ...common, change }];
  });
}

/**
 * What becomes of a link that is there before and after. An interface with another number is another interface, another path may not carry what
 * runs, and what runs with a revoked key is terminated.
 */
function fateOf(
  old: Link,
  now: Link,
  actions: ReadonlyMap<string, ReadonlySet<string>>,
): "blinks" | "renews" | "changes" {
  const halves = [now.a, now.b];
  const does = (half: Connection, action: string): boolean => actions.get(half.local.node)?.has(action) === true;
  const isOther = (had: Connection, has: Connection): boolean => had.ifId !== has.ifId || pathKey(had) !== pathKey(has);
  const terminates = (half: Connection): boolean => does(half, "charon-restart") || does(half, `revoked ${half.name}`);
  if (isOther(old.a, now.a) || isOther(old.b, now.b) || halves.some(terminates)) return "blinks";
  return halves.some((half) => does(half, `former ${half.name}`)) ? "renews" : "changes";
}

function describeHalf(half: Connection, plan: MeshPlan): Description {
  return { ...describeConnection(half, plan) };
}

function linksByName({ links }: MeshPlan): ReadonlyMap<string, Link> {
  return new Map(links.map((link) => [linkName(link), link]));
}
