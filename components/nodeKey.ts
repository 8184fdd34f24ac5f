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
  readonly number: number;
  /** SubjectPublicKeyInfo in PEM (RFC 8410); undefined where there is none, as the node could not make it yet. */
  readonly publicKey: pulumi.Output<string | undefined>;
  /** What the script `key` is told of it. Secret. */
  readonly forHost: pulumi.Output<string>;
  /** What must go well before other commands on the host. */
  readonly first: readonly pulumi.Resource[];
}

/**
 * A key of the node, made by the deployer and kept in its state, or made on the node.
 *
 * @param deployed the public half, where an earlier deploy knew the key of that number: on the node, it is there and is taken
 */
export function nodeKey(
  source: KeySource,
  host: Host,
  number: number,
  deployed: string | undefined,
  parent: pulumi.Resource,
): NodeKey {
  return source === "node" ? bornKey(host, number, deployed, parent) : stateKey(host.node.name, number, parent);
}

function stateKey(node: string, number: number, parent: pulumi.Resource): NodeKey {
  const key = new tls.PrivateKey(keyName(node, number), { algorithm: "ED25519" }, { parent });
  return {
    number,
    publicKey: withoutDependencies(key.publicKeyPem),
    forHost: withoutDependencies(pulumi.interpolate`private-key ${number}\n${key.privateKeyPemPkcs8}`),
    first: [],
  };
}

/** The command runs once in the life of a key: nothing that it is given later makes it run again. */
function bornKey(host: Host, number: number, deployed: string | undefined, parent: pulumi.Resource): NodeKey {
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
  const known = settled(keypair).then(async () => (await valueIfKnown(made)) ?? deployed);
  return {
    number,
    // Of a key that is to be made, a preview shows that it is not known yet. A deploy goes on without it where it failed.
    publicKey: pulumi.runtime.isDryRun() && deployed === undefined ? made : pulumi.output(known),
    forHost: pulumi.output(`own-key ${number}\n`),
    first: [keypair],
  };
}
