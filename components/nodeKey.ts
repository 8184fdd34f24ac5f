import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { keyName } from "../core/plan/keyName";
import { publicKeyFault, publicKeyOf, type PublicKey } from "../core/registry/publicKey";
import type { KeySource } from "../core/registry/settings";
import { keypairScript } from "../ssh/hostScripts";
import { hostCommand, type Host } from "./hostCommand";
import type { KeyOwners } from "./keyOwners";
import { withoutDependencies } from "./outputs";
import { settled } from "./settled";

/** One of the keys of a node. What it gives has no record of where it comes from. */
export interface NodeKey {
  readonly number: number;
  /** Undefined where there is none, as the node could not make it yet, or gave what is none of its own. */
  readonly publicKey: pulumi.Output<PublicKey | undefined>;
  /** What the script `key` is told of it. Secret. */
  readonly forHost: pulumi.Output<string>;
  /** What must go well before other commands on the host. */
  readonly first: readonly pulumi.Resource[];
}

/**
 * A key of the node, made by the deployer and kept in its state, or made on the node.
 *
 * @param owners whose all keys are. A key that an earlier deploy knew is there on the node, and is taken
 */
export function nodeKey(
  source: KeySource,
  host: Host,
  number: number,
  owners: KeyOwners,
  parent: pulumi.Resource,
): NodeKey {
  return source === "node" ? bornKey(host, number, owners, parent) : stateKey(host.node.name, number, parent);
}

function stateKey(node: string, number: number, parent: pulumi.Resource): NodeKey {
  const key = new tls.PrivateKey(keyName(node, number), { algorithm: "ED25519" }, { parent });
  return {
    number,
    publicKey: withoutDependencies(key.publicKeyPem).apply(publicKeyOf),
    forHost: withoutDependencies(pulumi.interpolate`private-key ${number}\n${key.privateKeyPemPkcs8}`),
    first: [],
  };
}

/**
 * The command runs once in the life of a key, and asks again where no deploy could note the answer: the host gives the same. What it is given makes it run no more
 * often.
 */
function bornKey(host: Host, number: number, owners: KeyOwners, parent: pulumi.Resource): NodeKey {
  const { name } = host.node;
  const deployed = owners.deployedKey(name, number);
  const command = `${name}-keypair${number}`;
  let given: PublicKey | undefined;
  host.work.check(command, (stdout) => {
    const { key, fault } = ownKey(stdout, name, number, owners);
    given = key;
    return fault;
  });
  const keypair = hostCommand(
    command,
    {
      host,
      run: `sh -s ${name} ${number}`,
      lastRepair: deployed === undefined ? `\n# asked ${new Date().toISOString()}` : "",
      stdin: keypairScript(),
      // Apt may have to bring openssl.
      timeoutSeconds: 300,
    },
    { parent, ignoreChanges: deployed === undefined ? [] : ["connection", "environment", "stdin"] },
  );
  const known = settled(keypair).then(() => given ?? deployed);
  return {
    number,
    // Of a key that is to be made, a preview shows that it is not known yet. A deploy goes on without it where it failed.
    publicKey:
      pulumi.runtime.isDryRun() && deployed === undefined
        ? pulumi.unsecret(withoutDependencies(keypair.stdout)).apply(() => undefined)
        : pulumi.output(known),
    forHost: pulumi.output(`own-key ${number}\n`),
    first: [keypair],
  };
}

/** The key that a host gave as its own, or why it is refused. It goes into the files of all peers, and whoever has the host may have it say anything. */
function ownKey(text: string, node: string, number: number, owners: KeyOwners): GivenKey {
  const refused = (why: string): GivenKey => ({
    fault: `${node}: ${why}\n    fix: find out who has the host, and what it runs; then \`fullmesh rotate --revoke ${node}\` asks it for another key`,
  });
  const found = publicKeyFault(text);
  if (found !== undefined) return refused(`what its host gave as public key ${number} is none: ${found.fault}`);
  const key = publicKeyOf(text);
  const owner = owners.claim(key, { node, number });
  if (owner.node === node && owner.number === number) return { key };
  const whose = owner.node === node ? `key ${owner.number ?? 0}` : `the key of ${owner.node}`;
  return refused(`its host gave ${whose} as its own key ${number}, as the copy of a host does`);
}

type GivenKey =
  { readonly key: PublicKey; readonly fault?: undefined } | { readonly key?: undefined; readonly fault: string };
