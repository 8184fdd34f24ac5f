import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { keyName } from "../core/plan/keyName";
import type { KeySource } from "../core/registry/settings";
import { keypairScript } from "../ssh/hostScripts";
import { hostCommand, type Host } from "./hostCommand";
import { valueIfKnown, withoutDependencies } from "./outputs";
import { settled } from "./settled";

/** One of the keys of a node. What it gives has no record of where it comes from. */
export interface NodeKey {
  /** SubjectPublicKeyInfo in PEM (RFC 8410); undefined where the node could not make it in this run. */
  readonly publicKey: pulumi.Output<string | undefined>;
  /** What the script `key` is told of it. Secret. */
  readonly forHost: pulumi.Output<string>;
  /** What must go well before other commands on the host. */
  readonly first: readonly pulumi.Resource[];
}

/** A key of the node, made by the deployer and kept in its state, or made on the node. */
export function nodeKey(source: KeySource, host: Host, number: number, parent: pulumi.Resource): NodeKey {
  return source === "node" ? bornKey(host, number, parent) : stateKey(host.node.name, number, parent);
}

function stateKey(node: string, number: number, parent: pulumi.Resource): NodeKey {
  const key = new tls.PrivateKey(keyName(node, number), { algorithm: "ED25519" }, { parent });
  return {
    publicKey: withoutDependencies(key.publicKeyPem),
    forHost: withoutDependencies(pulumi.interpolate`private-key ${number}\n${key.privateKeyPemPkcs8}`),
    first: [],
  };
}

/** The command runs once in the life of a key: nothing that it is given later makes it run again. */
function bornKey(host: Host, number: number, parent: pulumi.Resource): NodeKey {
  const { name } = host.node;
  const keypair = hostCommand(
    `${name}-keypair${number}`,
    {
      host,
      run: `sh -s ${name} ${number}`,
      lastRepair: "",
      stdin: keypairScript(),
      // Apt may have to bring openssl.
      timeoutSeconds: 300,
    },
    { parent, ignoreChanges: ["connection", "create", "stdin"] },
  );
  const made = pulumi.unsecret(withoutDependencies(keypair.stdout));
  return {
    // A preview shows that it is not known yet; a deploy goes on without it where it failed.
    publicKey: pulumi.runtime.isDryRun() ? made : pulumi.output(settled(keypair).then(() => valueIfKnown(made))),
    forHost: pulumi.output(`own-key ${number}\n`),
    first: [keypair],
  };
}
