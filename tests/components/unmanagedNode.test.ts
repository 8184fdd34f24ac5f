import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../core/describe/fingerprint";
import { Mesh } from "../../components/mesh";
import { planMesh } from "../../core/plan/planMesh";
import { publicKeyOf, publicKeyPem } from "../../core/registry/publicKey";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { arbitraryKey } from "../registry/arbitraryRegistry";
import { offlineArgs } from "./meshArgs";
import { setMocks } from "./mocks";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const registered: Registered[] = [];
const key = arbitraryKey(7);

const common = (id: number, name: string) => ({
  id,
  name,
  commonName: "fra1",
  tags: [],
  endpoints: [
    { serial: 0, family: "ip4", address: `198.51.100.${id}`, port: 4500, mtuBytes: 1500, extraCost: 0 },
  ] as const,
  prefixes: [],
  file: `${name}.yaml`,
});
const ours: RegistryNode = {
  ...common(1, "fra1"),
  organization: "acme",
  managed: true,
  isolation: "none",
  keys: [1],
  ssh: { host: "198.51.100.1", port: 22, user: "root" },
};
const path = { port: 13000, mtuBytes: 1500, extraCost: 0 };
const theirs: RegistryNode = {
  ...common(3, "partner-fra1"),
  organization: "partner",
  managed: false,
  publicKey: key,
  tags: ["partner"],
  endpoints: [
    { ...path, serial: 0, family: "ip4", address: "198.51.100.3" },
    { ...path, serial: 1, family: "ip6", address: "2001:db8::3" },
    { ...path, serial: 2, family: "ip6", dnsName: "fra1.partner.example" },
    { ...path, serial: 3, family: "ip6" },
  ],
};
let publicKeys: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  await setMocks({
    newResource: ({ type, name, inputs }: Registered) => {
      registered.push({ type, name, inputs });
      const made = {
        privateKeyPemPkcs8: "p",
        publicKeyPem: publicKeyPem(arbitraryKey(1)),
      };
      return { id: `${name}-id`, state: { ...inputs, result: "p4ssw0rd", ...(type.startsWith("tls") ? made : {}) } };
    },
    call: () => ({}),
  });
  const mesh = new Mesh("dev", {
    plan: planMesh({ nodes: [ours, theirs], retired: [], policy: fullMesh }, settings),
    ...offlineArgs,
    organizations: ["acme", "partner"],
  });
  mesh.publicKeys.apply((keys) => (publicKeys = keys));
  for (let waits = 0; registered.length < 10 && waits < 6000; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

const named = (name: string): Registered | undefined => registered.find((resource) => resource.name === name);

test("a node that is not managed is there for review, without key, commands and connections", () => {
  expect(named("partner-fra1")).toEqual({
    type: "fullmesh:index:Node",
    name: "partner-fra1",
    inputs: {
      nodeId: 3,
      organization: "partner",
      commonName: "fra1",
      tags: ["partner"],
      managed: false,
      key: fingerprint(key),
      ipv4: "10.42.0.3",
      ipv6: "fd42:f00d::3",
      endpoints: ["ip4 198.51.100.3:13000", "ip6 [2001:db8::3]:13000", "ip6 fra1.partner.example:13000", "ip6 *:13000"],
      prefixes: [],
    },
  });
  expect(registered.filter(({ name }) => name.startsWith("partner-fra1")).map(({ name }) => name)).toEqual([
    "partner-fra1",
  ]);
});

test("managed nodes have connections with it, and its key", () => {
  expect(named("fra1->partner-fra1")?.inputs).toMatchObject({ initiator: "partner-fra1", peerKey: fingerprint(key) });
  expect(named("fra1-apply")?.inputs.stdin).toContain(`pubkeys = 0s${key}`);
  expect(named("dev")?.inputs).toMatchObject({ relays: "all managed nodes", organizations: "acme, partner" });
  expect(publicKeys).toEqual({ fra1: publicKeyPem(arbitraryKey(1)), "partner-fra1": publicKeyPem(key) });
});

test("the fingerprint is ssh-keygen's", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const der = publicKey.export({ type: "spki", format: "der" });
  const folder = mkdtempSync(join(tmpdir(), "fullmesh-test-"));
  const file = join(folder, "key.pub");
  const { x = "" } = publicKey.export({ format: "jwk" });
  const wire = Buffer.concat([
    Buffer.from("0000000b", "hex"),
    Buffer.from("ssh-ed25519"),
    Buffer.from("00000020", "hex"),
    Buffer.from(x, "base64url"),
  ]);
  writeFileSync(file, `ssh-ed25519 ${wire.toString("base64")}\n`);
  const { stdout } = spawnSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(stdout.split(" ")[1]).toBe(fingerprint(publicKeyOf(der.toString("base64"))));
});
