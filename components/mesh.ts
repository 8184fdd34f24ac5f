import { createHash } from "node:crypto";
import pLimit from "p-limit";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { describeNumbers } from "../core/describe/numbers";
import type { NodeFailure } from "../core/describe/failures";
import { revokedNodes } from "../core/diff/revokedNodes";
import { managedNodes, unmanagedNodes } from "../core/plan/managed";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { secretName, type SecretKind } from "../core/plan/secretName";
import { unlinkedPeers } from "../core/plan/unlinkedPeers";
import { wavesOf, type WaveSettings } from "../core/plan/waves";
import { describeBabel } from "../core/registry/babelProfile";
import { publicKeyPem, type PublicKey } from "../core/registry/publicKey";
import type { KeySource } from "../core/registry/settings";
import type { PublicKeys } from "../core/render/swanctl";
import { installer } from "../ssh/hostScripts";
import type { ProbeResult } from "../ssh/probe";
import type { DeployedKeys } from "./deployedKeys";
import { GoneNode } from "./goneNode";
import { HostGate, type Probe } from "./hostGate";
import { HostWork, type RunOnHost } from "./hostWork";
import { KeyOwners } from "./keyOwners";
import { fingerprint } from "../core/describe/fingerprint";
import { Node, type DeployArgs } from "./node";
import { ppkIds } from "./ppk";
import type { Repair } from "./repair";
import { known, settled } from "./settled";
import { Rollout, type LinkCheck } from "./rollout";
import { UnmanagedNode } from "./unmanagedNode";

export interface MeshArgs {
  readonly plan: MeshPlan;
  /** Bits of security that every algorithm of the links has at least. */
  readonly cipherFloor: number;
  /** The organizations whose nodes may be in the mesh; empty for any. */
  readonly organizations: readonly string[];
  /** Names of retired nodes whose hosts will never come back. */
  readonly gone: readonly string[];
  /** Runs commands on hosts. */
  readonly runOnHost: RunOnHost;
  /** What every command may take at the most, in seconds; those that have less by themselves keep it. Default: no more than that. */
  readonly maxCommandSeconds?: number | undefined;
  /** Looks whether a host that a node is to leave can be worked on. */
  readonly probe: Probe;
  /** Looks whether a host can be worked on as the node that is planned for it, and is fit for it. */
  readonly preflight: (node: ManagedNode) => Promise<ProbeResult>;
  /** How many nodes are worked on at once. */
  readonly parallelism: number;
  /** In which order: each wave waits until the links of those before it were found to work as before. */
  readonly waves: WaveSettings;
  /** How to look at links: in waves, and where daemons are restarted. */
  readonly linkCheck: LinkCheck;
  /** Whether removing a node also purges the packages that it was given. */
  readonly purgePackages: boolean;
  /** Where the nodes' keys are made. */
  readonly keySource: KeySource;
  /** Public keys that earlier deploys knew. */
  readonly deployedKeys: DeployedKeys;
  /** Those that peers accepted at the end of the last deploy, by node. */
  readonly acceptedBefore: PublicKeys;
  /** By node, why its commands are to run again in this run. */
  readonly repairs: ReadonlyMap<string, Repair>;
}

/** How a deploy went. */
export interface Outcome {
  /** The first that went wrong on each node that failed. */
  readonly failures: readonly NodeFailure[];
  /** Names of the nodes that were given their files in it. */
  readonly applied: ReadonlySet<string>;
  /** Which daemons are restarted where, in a preview too: a line a daemon. */
  readonly restarts: readonly string[];
  /** Whether a wave or a restart harmed links, and the nodes after it were left as they were. */
  readonly stopped: boolean;
}

/** What holds for all nodes, for review. */
export interface MeshSummary {
  overlayIpv4: string;
  overlayIpv6: string;
  /** How babel weighs a link, and what a detour must save. */
  routing: string;
  /** Names of the nodes that relay, or that all do which may. */
  relays: string;
  /** What is asked of the ciphers, whichever they are. */
  cipherFloor: string;
  /** The number of the shared secret in use and of the one that is accepted, too, if they are not the first alone. */
  secrets?: string;
  /** Whose nodes may be in the mesh, if not anybody's. */
  organizations?: string;
}

/** The whole mesh of one stack. */
export class Mesh extends pulumi.ComponentResource<MeshSummary> {
  /** Those that are managed. */
  readonly nodes: readonly Node[];
  /** SubjectPublicKeyInfo in PEM of the key in use, by node, of all nodes that have one yet. */
  readonly publicKeys: pulumi.Output<Record<string, string>>;
  /** All keys that peers accept, of nodes that have any yet. */
  readonly acceptedKeys: pulumi.Output<PublicKeys>;
  /** How the deploy went, told when the engine has dealt with all nodes that the plan has. */
  readonly outcome: Promise<Outcome>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Mesh", name, summary(args), opts);
    const { plan } = args;
    const planned = new Map(managedNodes(plan).map((node) => [node.name, node]));
    const gate = new HostGate(args.probe, (host) => {
      const node = planned.get(host.name);
      return node === undefined ? args.probe(host) : this.remarking(args.preflight(node));
    });
    const work = new HostWork(gate, args.runOnHost, args.maxCommandSeconds);
    const unlinked = unlinkedPeers(plan.unlinked);
    const owners = new KeyOwners(plan, args.deployedKeys);
    this.nodes = [...planned.values()].map((node) => {
      return new Node(node, unlinked.get(node.name) ?? [], { node, gate, work }, args.keySource, owners, {
        parent: this,
      });
    });
    const unmanaged = unmanagedNodes(plan);
    for (const node of unmanaged) new UnmanagedNode(node, { parent: this });
    // A name may have come back on another host.
    const names = new Set(plan.nodes.map((node) => node.name));
    for (const gone of new Set(args.gone)) if (!names.has(gone)) new GoneNode(gone, { parent: this });
    const inUse = pulumi.all(
      Object.fromEntries<pulumi.Input<string | undefined>>([
        ...this.nodes.map((node) => [node.name, node.publicKeyPem] as const),
        ...unmanaged.map(({ name, publicKey }) => [name, publicKeyPem(publicKey)] as const),
      ]),
    );
    this.publicKeys = inUse.apply(defined);

    const fingerprints = new Map<string, pulumi.Input<string>>([
      ...this.nodes.map(
        (node) => [node.name, node.publicKey.apply((key) => (key === undefined ? "" : fingerprint(key)))] as const,
      ),
      ...unmanaged.map(({ name, publicKey }) => [name, fingerprint(publicKey)] as const),
    ]);
    for (const node of this.nodes) node.connect(plan, fingerprints);

    this.acceptedKeys = this.allKeys(plan);
    const revoked = known(this.acceptedKeys.apply((now) => revokedNodes(args.acceptedBefore, now)));
    const rollout = new Rollout(plan, gate, args.linkCheck, args.waves.canary !== undefined, revoked);
    this.outcome = this.deploy(args, rollout).then(() => ({
      failures: gate.failures,
      stopped: gate.isClosed,
      applied: gate.applied,
      restarts: rollout.describeRestarts(),
    }));
    this.registerOutputs();
  }

  /** What a preflight found that keeps no deploy from the host. */
  private async remarking(look: Promise<ProbeResult>): Promise<ProbeResult> {
    const result = await look;
    if (result.ok) for (const remark of result.remarks ?? []) void pulumi.log.warn(remark, this);
    return result;
  }

  /**
   * All nodes are applied, wave by wave and a few at a time, and only then is any of them verified: a link needs both its ends. A node that fails holds up no
   * other, and is left out of what the others are checked for.
   */
  private async deploy(args: MeshArgs, rollout: Rollout): Promise<void> {
    const turns = pLimit(args.parallelism);
    const text = installer();
    const babelMac = this.babelMac(args.plan);
    const ppkSecrets = this.ppkSecrets(args.plan);
    const deployed = new Map(
      this.nodes.map((node) => {
        const turn = new Turn();
        const applied = node.deploy({
          mesh: args.plan,
          installer: pulumi.output(turn.begun.then(() => text)),
          publicKeys: this.acceptedKeys,
          babelMac,
          ppkSecrets,
          purgePackages: args.purgePackages,
          repair: args.repairs.get(node.name),
          applyHooks: rollout.hooks,
        });
        return [node.name, { node, turn, applied }] as const;
      }),
    );
    const work = (node: ManagedNode): Promise<void> =>
      turns(async () => {
        const { turn, applied } = deployed.get(node.name) ?? {};
        turn?.begin();
        if (applied === undefined) return;
        await settled(applied.apply);
        await rollout.applied(node);
      });
    const waves = wavesOf(managedNodes(args.plan), args.waves);
    const failed = this.inWaves(waves, work, rollout).then(
      () => new Set(this.nodes.filter((node) => node.failed).map((node) => node.name)),
    );
    await Promise.all([...deployed.values()].map(({ node, applied }) => settled(node.verify(applied, failed))));
  }

  /** In a preview, and where nothing is to be done, one wave follows the other at once. */
  private async inWaves(
    waves: readonly (readonly ManagedNode[])[],
    work: (node: ManagedNode) => Promise<void>,
    rollout: Rollout,
  ): Promise<void> {
    for (const wave of waves) {
      await Promise.all(wave.map(work));
      await rollout.passed(wave);
    }
  }

  private allKeys(plan: MeshPlan): pulumi.Output<PublicKeys> {
    const managed = this.nodes.map((node) => [node.name, node.publicKeys] as const);
    const others = unmanagedNodes(plan).map(({ name, publicKey }) => [name, [publicKey]] as const);
    return pulumi
      .all(Object.fromEntries<pulumi.Input<readonly PublicKey[]>>([...managed, ...others]))
      .apply((keys) => Object.fromEntries(Object.entries(keys).filter(([, accepted]) => accepted.length > 0)));
  }

  /** Of the secret in use: what is signed with another is accepted while there are two. */
  private babelMac({ secrets }: MeshPlan): pulumi.Output<string> {
    const [used] = secrets.map((number) => this.secret("babel-mac", number));
    if (used === undefined) throw new Error("the plan has no shared secret; the registry lets none through");
    return used.apply((secret) => createHash("sha256").update(secret).digest("hex"));
  }

  private ppkSecrets({ nodes, secrets }: MeshPlan): DeployArgs["ppkSecrets"] {
    if (nodes.every((node) => ppkIds(node).length === 0)) return undefined;
    return pulumi.all(Object.fromEntries(secrets.map((number) => [number, this.secret("ppk", number)] as const)));
  }

  /** A password, because the id of random.RandomBytes is the secret itself, in plain. */
  private secret(kind: SecretKind, number: number): pulumi.Output<string> {
    const name = secretName(kind, number);
    return new random.RandomPassword(name, { length: 64, special: false }, { parent: this }).result;
  }
}

function summary({ plan, cipherFloor, organizations }: MeshArgs): MeshSummary {
  const { overlay, babel, nodes, secrets } = plan;
  const managed = managedNodes(plan);
  const relays = managed.filter((node) => node.relays).map((node) => node.name);
  const all = managed.length === nodes.length ? "all nodes" : "all managed nodes";
  return {
    overlayIpv4: overlay.ipv4,
    overlayIpv6: overlay.ipv6,
    routing: describeBabel(babel),
    relays: relays.length === managed.length ? all : relays.join(", "),
    cipherFloor: `each algorithm has at least ${cipherFloor} bits of security`,
    ...(secrets.join() === "1" ? {} : { secrets: describeNumbers(secrets) }),
    ...(organizations.length === 0 ? {} : { organizations: organizations.join(", ") }),
  };
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** A node's turn to be worked on. */
class Turn {
  readonly begun: Promise<void>;
  private start: () => void = () => undefined;

  constructor() {
    this.begun = new Promise((resolve) => {
      this.start = resolve;
    });
  }

  begin(): void {
    this.start();
  }
}
