import type * as pulumi from "@pulumi/pulumi";
import { Mesh } from "../../components/mesh";
import { fingerprint } from "../../core/describe/fingerprint";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { publicKeyPem } from "../../core/registry/publicKey";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { keyOfText } from "../registry/arbitraryRegistry";
import { offlineArgs } from "./meshArgs";
import { setMocks } from "./mocks";

/** Wire form of a secret (pulumi/sdk/nodejs/runtime/rpc.ts, specialSigKey). */
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const signatureKey = "4dabf18193072939515e22adb298388d";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>> & { readonly environment?: Readonly<Record<string, string>> };
}

const registered: Registered[] = [];
const options = new Map<string, pulumi.ResourceOptions>();

const member = (name: string, id: number, user: string): RegistryNode => ({
  name,
  id,
  organization: "acme",
  commonName: name,
  tags: ["hub"],
  managed: true,
  isolation: "none",
  keys: [1],
  ssh: { host: `198.51.100.${id}`, port: 22, user },
  endpoints: [{ serial: 0, family: "ip4", address: `198.51.100.${id}`, port: 4500, mtuBytes: 1500, extraCost: 0 }],
  prefixes: [],
  file: `${name}.yaml`,
});

const plan = planMesh(
  {
    nodes: [member("fra1", 1, "root"), member("nyc1", 2, "root"), member("tyo1", 3, "operator")],
    retired: [],
    policy: {
      ...fullMesh,
      allow: [
        { from: "hub", to: "hub", ports: [{ protocol: "tcp", first: 8000, last: 8010 }] },
        { from: "hub", to: "hub" },
      ],
    },
  },
  { ...settings, ppk: "required" },
);
const nodeKey = "-----BEGIN PRIVATE KEY-----\nnode\n-----END PRIVATE KEY-----\n";

beforeAll(async () => {
  await setMocks({
    newResource: ({ type, name, inputs }: Registered) => {
      registered.push({ type, name, inputs });
      return { id: `${name}-id`, state: { ...inputs, ...outputsOf(type, name) } };
    },
    call: () => ({}),
  });
  const remember: pulumi.ResourceTransformation = ({ name, opts }) => {
    options.set(name, opts);
    return undefined;
  };
  new Mesh(
    "dev",
    {
      ...offlineArgs,
      plan,
      organizations: [],
      repairs: new Map([["nyc1", { at: "2026-11-27T15:10:00Z", reasons: ["charon has not loaded fm300-tyo1"] }]]),
    },
    { transformations: [remember] },
  );
  await untilRegistered(3 + 6 + 3 + 3 + 12 + 1 + 2);
});

function outputsOf(type: string, name: string): Record<string, string> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: `p4ssw0rd for ${name}` };
  if (type !== "tls:index/privateKey:PrivateKey") return {};
  return {
    privateKeyPemPkcs8: nodeKey,
    publicKeyPem: publicKeyPem(keyOfText(name)),
  };
}

async function untilRegistered(count: number): Promise<void> {
  for (let waits = 0; registered.length < count && waits < 6000; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const ofType = (type: string): readonly Registered[] => registered.filter((resource) => resource.type === type);
const commands = (): readonly Registered[] => ofType("command:remote:Command");
const command = (name: string): Registered => commands().find((one) => one.name === name) ?? fail(name);
const isSecret = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as Record<string, unknown>)[signatureKey] === secretSignature;

/** The lines `ppk ID SECRET` that a node's `key` is given. */
const ppks = (node: string): readonly string[] =>
  JSON.stringify(command(`${node}-key`).inputs.stdin).match(/ppk fullmesh-\d+-\d+ [0-9a-f]{64}(?=\\n)/g) ?? [];

function fail(name: string): never {
  throw new Error(`no resource ${name} was registered`);
}

test("a mesh of 3 nodes is 3 Nodes, 6 Connections, and 4 commands a node", () => {
  expect(ofType("fullmesh:index:Node").map(({ name }) => name)).toEqual(["fra1", "nyc1", "tyo1"]);
  expect(
    ofType("fullmesh:index:Connection")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["fra1->nyc1", "fra1->tyo1", "nyc1->fra1", "nyc1->tyo1", "tyo1->fra1", "tyo1->nyc1"]);
  expect(
    commands()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    ["fra1", "nyc1", "tyo1"].flatMap((node) => ["apply", "install", "key", "verify"].map((step) => `${node}-${step}`)),
  );
});

test("the Mesh says what holds for all its nodes", () => {
  expect(ofType("fullmesh:index:Mesh").map(({ inputs }) => inputs)).toEqual([
    {
      overlayIpv4: "10.42.0.0/16",
      overlayIpv6: "fd42:f00d::/48",
      routing:
        "a hop costs 480, and up to 2400 more between 10 and 130 ms round trip: one node more must save 24 ms; hello 2 s, update 8 s",
      relays: "all nodes",
      cipherFloor: "each algorithm has at least 128 bits of security",
    },
  ]);
});

test("a Node says what it accepts", () => {
  const { inputs } = ofType("fullmesh:index:Node").find(({ name }) => name === "fra1") ?? fail("fra1");
  expect(inputs.accepts).toEqual(["ping and answers", "tcp/8000-8010 from hub", "everything from hub"]);
});

test("a Connection says what a reviewer wants to know of a link", () => {
  const { inputs } =
    ofType("fullmesh:index:Connection").find(({ name }) => name === "fra1->tyo1") ?? fail("fra1->tyo1");
  expect(inputs).toEqual({
    peer: "tyo1",
    path: "ip4 198.51.100.1:4500 -> 198.51.100.3:4500",
    initiator: "fra1",
    interface: "fm300-tyo1",
    ifId: 0x300,
    mtu: 1438,
    cost: 480,
    ciphers: "aes256gcm16-prfsha384-x25519 / aes256gcm16-x25519, PPK",
    peerKey: fingerprint(keyOfText("tyo1")),
  });
});

test("every command remembers what runs where, has a time limit, and leaves nothing to the provider", () => {
  for (const { name, inputs } of commands()) {
    const connection = inputs.connection as Record<string, unknown>;
    const unwrapped = isSecret(connection) ? connection.value : connection;
    expect(unwrapped).toMatchObject({ ...managedNodes(plan).find((node) => name.startsWith(node.name))?.ssh });
    expect(unwrapped).not.toHaveProperty("privateKey");
    expect(inputs).toMatchObject({ environment: { SECONDS: expect.stringMatching(/^\d+$/) as unknown } });
    expect(inputs.create ?? inputs.update ?? inputs.delete).toBeUndefined();
    expect(inputs.logging).toBe("none");
    expect(inputs.addPreviousOutputInEnv).toBe(false);
    expect(inputs.triggers).toBeUndefined();
    expect(options.get(name)).toMatchObject({
      additionalSecretOutputs: expect.arrayContaining(["stdout", "stderr"]) as unknown,
    });
  }
});

test("secrets go to the host by a secret stdin alone", () => {
  expect(isSecret(command("fra1-key").inputs.stdin)).toBe(true);
  expect(JSON.stringify(command("fra1-key").inputs.stdin)).toContain("BEGIN PRIVATE KEY");
  for (const { name, inputs } of commands()) {
    const shown = JSON.stringify({
      ...inputs,
      connection: undefined,
      ...(name.endsWith("-key") ? { stdin: undefined } : {}),
    });
    expect(shown).not.toContain("PRIVATE KEY-----\\nnode");
    expect(shown).not.toContain("p4ssw0rd");
    for (const key of ppks("fra1")) expect(shown).not.toContain(key.replace(/.* /, ""));
  }
});

test("both ends of a link get the same preshared key, and each link has its own", () => {
  const all = [...ppks("fra1"), ...ppks("nyc1"), ...ppks("tyo1")];
  expect(all).toHaveLength(6);
  expect(new Set(all).size).toBe(3);
  expect(new Set(all.map((line) => line.replace(/.* /, ""))).size).toBe(3);
  expect(ppks("fra1").map((line) => line.replace(/ \w+$/, ""))).toEqual(["ppk fullmesh-1-2", "ppk fullmesh-1-3"]);
});

test("a node's steps follow one another, and only the first has a removal", () => {
  const dependencies = (name: string): readonly string[] => {
    const { dependsOn } = options.get(name) ?? fail(name);
    return (Array.isArray(dependsOn) ? dependsOn : []).map(
      (resource) => (resource as unknown as { __name: string }).__name,
    );
  };
  expect(dependencies("fra1-key")).toEqual(["fra1-install"]);
  expect(dependencies("fra1-apply")).toEqual(["fra1-key"]);
  expect(dependencies("fra1-verify")).toEqual(["fra1-apply"]);
  expect(
    commands()
      .filter(({ inputs }) => inputs.environment?.REMOVE !== undefined)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["fra1-install", "nyc1-install", "tyo1-install"]);
  // Nothing but what has a removal asks for --run-program at destroy.
  expect([...options].filter(([, { hooks }]) => hooks?.beforeDelete !== undefined).map(([name]) => name)).toEqual([
    "fra1-install",
    "nyc1-install",
    "tyo1-install",
  ]);
});

test("the bundle is plain, for review, and holds the peers' public keys", () => {
  const { stdin } = command("fra1-apply").inputs;
  expect(stdin).toContain("fullmesh-bundle 1 fra1\n");
  expect(stdin).toContain("ppk_id = fullmesh-1-3\n  ppk_required = yes\n");
  expect(stdin).toContain(`pubkeys = 0s${keyOfText("tyo1")}`);
});
