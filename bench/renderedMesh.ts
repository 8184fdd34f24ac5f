import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { ppkLines } from "../components/ppk";
import { managedNodes } from "../core/plan/managed";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { planMesh } from "../core/plan/planMesh";
import { babelProfiles } from "../core/registry/babelProfile";
import { cipherProfiles } from "../core/registry/cipherProfile";
import { publicKeyOf } from "../core/registry/publicKey";
import { fullMesh, type RegistryNode } from "../core/registry/registry";
import { bundle } from "../core/render/bundle";
import { expectations } from "../core/render/expectations";
import { renderNode } from "../core/render/renderNode";
import type { LabHost } from "../lab/vm/lab";

/** What the host's scripts are given on stdin. */
export interface NodeTexts {
  readonly node: string;
  /** For the script `key`. */
  readonly secrets: string;
  /** For `apply`. */
  readonly bundle: string;
  /** For `verify`. */
  readonly expectations: string;
}

/** A mesh of lab hosts, a node each, without Pulumi: its scripts are given the texts that a deploy gives them. */
export class RenderedMesh {
  private readonly secret = randomBytes(32).toString("hex");
  private readonly keys: ReadonlyMap<string, { readonly publicKey: string; readonly privateKey: string }>;

  constructor(private readonly hosts: readonly LabHost[]) {
    this.keys = new Map(
      hosts.map(({ name }) => [
        name,
        generateKeyPairSync("ed25519", {
          publicKeyEncoding: { type: "spki", format: "pem" },
          privateKeyEncoding: { type: "pkcs8", format: "pem" },
        }),
      ]),
    );
  }

  /**
   * The texts of each node, named as its host.
   *
   * @param mtuBytes of the first node's endpoint
   */
  texts(mtuBytes = 1500): readonly NodeTexts[] {
    const plan = this.plan(mtuBytes);
    const publicKeys = Object.fromEntries(
      [...this.keys].map(([name, { publicKey }]) => [name, [publicKeyOf(publicKey)]]),
    );
    return managedNodes(plan).map((node) => ({
      node: node.name,
      secrets: this.secretsOf(node),
      bundle: bundle(node.name, renderNode(plan, node, publicKeys)),
      expectations: expectations(plan, node, new Set()),
    }));
  }

  private secretsOf(node: ManagedNode): string {
    const mac = createHmac("sha256", this.secret).update("babel").digest("hex");
    return `babel-mac ${mac}\n${ppkLines(node, { 1: this.secret })}private-key 1\n${this.keys.get(node.name)?.privateKey ?? ""}`;
  }

  private plan(mtuBytes: number): MeshPlan {
    const nodes = this.hosts.map(({ name, number, ip4 }): RegistryNode => ({
      name,
      id: number,
      organization: "bench",
      commonName: name,
      tags: [],
      managed: true,
      isolation: "none",
      keys: [1],
      ssh: { host: ip4, port: 22, user: "root" },
      endpoints: [
        {
          serial: 0,
          family: "ip4",
          address: ip4,
          port: 4500,
          mtuBytes: number === 1 ? mtuBytes : 1500,
          extraCost: 0,
        },
      ],
      prefixes: [],
      file: `${name}.yaml`,
    }));
    return planMesh(
      { nodes, retired: [], policy: fullMesh },
      {
        overlayIpv4: "10.44.0.0/16",
        overlayIpv6: "fd44::/48",
        ciphers: cipherProfiles.modern,
        ppk: "required",
        babel: babelProfiles.lan,
        metrics: "none",
      },
    );
  }
}
