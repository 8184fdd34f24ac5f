import { managedNodes, unmanagedNodes } from "../core/plan/managed";
import type { MeshPlan } from "../core/plan/plan";
import type { PublicKey } from "../core/registry/publicKey";
import type { DeployedKeys } from "./deployedKeys";

/** One of the keys of a node. */
export interface KeyOwner {
  readonly node: string;
  /** Undefined for a node that is not managed, which has one. */
  readonly number: number | undefined;
}

/** Whose each public key is. No two may be the same: the nodes could pass for each other, and a rotation would change nothing. */
export class KeyOwners {
  private readonly owners = new Map<PublicKey, KeyOwner>();

  /** What the registry says and what earlier deploys knew comes before what a host says. */
  constructor(
    plan: MeshPlan,
    private readonly deployed: DeployedKeys,
  ) {
    for (const { name, publicKey } of unmanagedNodes(plan)) this.claim(publicKey, { node: name, number: undefined });
    for (const { name, keys } of managedNodes(plan)) {
      for (const number of keys) {
        const key = this.deployedKey(name, number);
        if (key !== undefined) this.claim(key, { node: name, number });
      }
    }
  }

  /** A node's key of that number, where an earlier deploy knew it. */
  deployedKey(node: string, number: number): PublicKey | undefined {
    return this.deployed.get(`${node} ${number}`);
  }

  /** Whose the key is: the claimant's, if nobody had it before. */
  claim(key: PublicKey, claimant: KeyOwner): KeyOwner {
    const owner = this.owners.get(key) ?? claimant;
    this.owners.set(key, owner);
    return owner;
  }
}
