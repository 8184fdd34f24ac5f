import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { describeConnection } from "../core/describe/connection";
import { describeNode, type NodeDescription } from "../core/describe/node";
import { connectionName } from "../core/plan/connectionName";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { publicKeyPem, type PublicKey } from "../core/registry/publicKey";
import type { KeySource } from "../core/registry/settings";
import type { UnlinkedPeers } from "../core/plan/unlinkedPeers";
import { bundle } from "../core/render/bundle";
import { expectations } from "../core/render/expectations";
import { hostPaths } from "../core/render/hostFile";
import { renderNode } from "../core/render/renderNode";
import type { PublicKeys } from "../core/render/swanctl";
import { Connection } from "./connection";
import { hostCommand, type Host, type HostCommandArgs } from "./hostCommand";
import { ppkLines } from "./ppk";
import { keyLine } from "./deployedKeys";
import type { KeyOwners } from "./keyOwners";
import { nodeKey, type NodeKey } from "./nodeKey";
import { lastRepair, type Repair } from "./repair";

/** One machine: its key, and the commands that make it part of the mesh. */
export class Node extends pulumi.ComponentResource<NodeDescription> {
  /** Of the key in use; undefined where the node has none yet. */
  readonly publicKey: pulumi.Output<PublicKey | undefined>;
  /** The same in PEM. */
  readonly publicKeyPem: pulumi.Output<string | undefined>;
  /** Of all keys that peers accept, the one in use first. One that the node could not make is not there: it goes on with the former one. */
  readonly publicKeys: pulumi.Output<readonly PublicKey[]>;
  /** For the next deploys to know. */
  readonly keyLines: pulumi.Output<readonly string[]>;
  readonly name: string;
  private readonly host: Host;
  private readonly plan: ManagedNode;
  /** The one in use first. */
  private readonly keys: readonly NodeKey[];

  /**
   * @param unlinked the nodes that it has no link with
   * @param owners whose all keys are
   */
  constructor(
    plan: ManagedNode,
    unlinked: readonly UnlinkedPeers[],
    host: Host,
    keySource: KeySource,
    owners: KeyOwners,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("fullmesh:index:Node", plan.name, describeNode(plan, unlinked), opts);
    this.name = plan.name;
    this.plan = plan;
    this.host = host;
    this.keys = plan.keys.map((number) => nodeKey(keySource, host, number, owners, this));
    this.publicKeys = pulumi
      .all(this.keys.map((key) => key.publicKey))
      .apply((made) => made.filter((key) => key !== undefined));
    this.keyLines = pulumi
      .all(
        this.keys.map(({ number, publicKey }) =>
          publicKey.apply((key) => (key === undefined ? [] : keyLine(plan.name, number, key))),
        ),
      )
      .apply((lines) => lines.flat());
    // Known as soon as the first is: that another is to be made is no change of what peers see.
    const [first] = this.keys;
    const inUse = this.publicKeys.apply(([key]) => key);
    this.publicKey =
      first?.publicKey.apply((key) => (key === undefined ? inUse : pulumi.output<PublicKey | undefined>(key))) ?? inUse;
    this.publicKeyPem = this.publicKey.apply((key) => key && publicKeyPem(key));
    this.registerOutputs({ publicKey: this.publicKeyPem });
  }

  /** The node's halves of its links, for review. */
  connect(mesh: MeshPlan, fingerprints: ReadonlyMap<string, pulumi.Input<string>>): void {
    for (const connection of this.plan.connections) {
      const peerKey = fingerprints.get(connection.remote.node) ?? "";
      const args = { ...describeConnection(connection, mesh), peerKey };
      new Connection(connectionName(connection), args, { parent: this });
    }
  }

  /**
   * Brings the host into the planned state: packages and scripts, then secrets, then everything else.
   *
   * @param installer text of the script `install`; given late, it makes the node wait for its turn
   */
  deploy(args: DeployArgs): Applied {
    const { host, plan, name } = this;
    const repair = lastRepair(name, args.repair, { parent: this });
    const install = hostCommand(
      `${name}-install`,
      {
        host,
        run: `sh -s ${name}`,
        lastRepair: repair,
        stdin: args.installer,
        remove: removal(name, args.purgePackages),
        timeoutSeconds: 900,
      },
      { parent: this, dependsOn: this.keys.flatMap(({ first }) => first) },
    );
    const ppks = args.ppkSecrets?.apply((secrets) => ppkLines(plan, secrets)) ?? "";
    const key = hostCommand(
      `${name}-key`,
      {
        host,
        run: `${hostPaths.scripts}/key ${name}`,
        lastRepair: repair,
        stdin: pulumi.secret(pulumi.interpolate`babel-mac ${args.babelMac}\n${ppks}${this.keysForHost()}`),
        timeoutSeconds: 60,
      },
      { parent: this, dependsOn: [install] },
    );
    const text = args.publicKeys.apply((keys) =>
      !Object.hasOwn(keys, name) ? "" : bundle(name, renderNode(args.mesh, withKeyedPeers(plan, keys), keys)),
    );
    const apply = hostCommand(
      `${name}-apply`,
      {
        host,
        run: `${hostPaths.scripts}/apply ${name}`,
        lastRepair: repair,
        stdin: text,
        timeoutSeconds: applySeconds,
        hooks: args.applyHooks,
      },
      { parent: this, dependsOn: [key] },
    );
    return { mesh: args.mesh, apply, text, repair };
  }

  /** As the script `key` takes them. Secret. */
  private keysForHost(): pulumi.Output<string> {
    return pulumi.all(this.keys.map(({ forHost }) => forHost)).apply((all) => all.join(""));
  }

  /** Whether the host was worked on in this run and it did not end well. Known when the engine has dealt with the `apply`. */
  get failed(): boolean {
    return this.host.gate.failed(this.plan);
  }

  /**
   * Waits until the links to all nodes that did not fail in this run work. It runs again whenever the node's files change.
   *
   * @param applied what `deploy` gave
   * @param failed nodes whose links cannot be expected to work
   */
  verify({ mesh, apply, text, repair }: Applied, failed: Promise<ReadonlySet<string>>): pulumi.Resource {
    const expected = failed.then((away) => expectations(mesh, this.plan, away));
    return hostCommand(
      `${this.name}-verify`,
      {
        host: this.host,
        run: `${hostPaths.scripts}/verify ${this.name} ${verifySeconds}`,
        lastRepair: repair,
        stdin: pulumi.interpolate`${expected}# for bundle ${text.apply(digest)}\n`,
        timeoutSeconds: verifySeconds + 30,
      },
      { parent: this, dependsOn: [apply] },
    );
  }
}

/** The last step of a node's deploy, on which `verify` builds. */
export interface Applied {
  readonly mesh: MeshPlan;
  /** The command itself. */
  readonly apply: pulumi.Resource;
  /** What it was given: the bundle of all the node's files. */
  readonly text: pulumi.Output<string>;
  /** Comment lines of the node's last repair. */
  readonly repair: pulumi.Output<string>;
}

/** Time for a bundle, in which babel may leave a link for a minute, and as long for going back to the one before, if it fails. */
const applySeconds = 360;

/** A missing link is named after this long: a peer that was away is dialled again within 10 s, and babel needs three hellos. */
export const verifySeconds = 90;

export interface DeployArgs {
  readonly mesh: MeshPlan;
  readonly installer: pulumi.Input<string>;
  /** A node that could not make its key is not there, and has links in the next run. */
  readonly publicKeys: pulumi.Output<PublicKeys>;
  /** babel's MAC key (RFC 8967), 64 hexadecimal digits. Secret. */
  readonly babelMac: pulumi.Output<string>;
  /** What the post-quantum preshared keys derive from, by number; absent where the mesh has none. Secret. */
  readonly ppkSecrets: pulumi.Output<Readonly<Record<number, string>>> | undefined;
  /** Whether removing the node also purges the packages that it was given. */
  readonly purgePackages: boolean;
  /** Why its commands are to run again in this run; absent where they run only if something differs. */
  readonly repair: Repair | undefined;
  /** What to look at before the node's files are changed. */
  readonly applyHooks?: HostCommandArgs["hooks"];
}

function withKeyedPeers(node: ManagedNode, keys: PublicKeys): ManagedNode {
  return { ...node, connections: node.connections.filter(({ remote }) => Object.hasOwn(keys, remote.node)) };
}

/** One command takes all away; the other commands have no removal. A host without our scripts has been cleaned, or never was ours. */
function removal(node: string, purge: boolean): string {
  const script = `${hostPaths.scripts}/remove`;
  return `sh -c 'cat >/dev/null; if [ -x ${script} ]; then ${script} ${node}${purge ? " --purge" : ""}; fi'`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
