import { ppkLines } from "../../components/ppk";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";

const member = (id: number): RegistryNode => ({
  name: `node${id}`,
  id,
  organization: "acme",
  commonName: `node${id}`,
  managed: true,
  isolation: "none",
  keys: [1],
  tags: [],
  ssh: { host: `198.51.100.${id}`, port: 22, user: "root" },
  endpoints: [
    { serial: 0, family: "ip4", address: `198.51.100.${id}`, port: 4500, mtuBytes: 1500, extraCost: 0 },
    { serial: 1, family: "ip6", address: `2001:db8::${id}`, port: 4500, mtuBytes: 1500, extraCost: 0 },
  ],
  prefixes: [],
  file: `node${id}.yaml`,
});

const lines = (ppk: "none" | "required", secrets: Readonly<Record<number, string>>): readonly string[] =>
  planMesh(
    { nodes: [member(1), member(2), member(10)], retired: [], policy: fullMesh },
    { ...settings, ppk },
  ).nodes.map((node) => ppkLines(node, secrets));

test("a pair of nodes has one preshared key, for all its links: HMAC-SHA-256 of its name", () => {
  // printf fullmesh-1-2 | openssl dgst -sha256 -hmac s3cret
  expect(lines("required", { 1: "s3cret" })[0]).toBe(
    "ppk fullmesh-1-2 3f79ae602a0a001e4d5ff6558c1c989bab729f4854255b3a64195ffaa9b3f3cb\nppk fullmesh-1-10 70f190682306452c377775c8c54f8333ee05a616a345c3685f2b4211d8458edb\n",
  );
  expect(lines("required", { 1: "s3cret" })[1]).toMatch(
    /^ppk fullmesh-1-2 3f79ae602a0a001e4d5ff6558c1c989bab729f4854255b3a64195ffaa9b3f3cb\nppk fullmesh-2-10 [0-9a-f]{64}\n$/,
  );
});

test("other meshes have others, and a mesh without them has none", () => {
  expect(lines("required", { 1: "other" })[0]).not.toBe(lines("required", { 1: "s3cret" })[0]);
  expect(lines("none", { 1: "s3cret" })).toEqual(["", "", ""]);
});

test("while the secret is changed, a pair has a key of each, by another name and of another value", () => {
  const [first, former, next] = [
    lines("required", { 1: "s3cret", 2: "next" })[0],
    lines("required", { 1: "s3cret" })[0],
    lines("required", { 2: "next" })[0],
  ];
  expect(first).toBe(`${former}${next}`);
  // printf s2-fullmesh-1-2 | openssl dgst -sha256 -hmac next
  expect(next).toMatch(
    /^ppk s2-fullmesh-1-2 e759b2744cd43cdf6d72e9bd260f81e906ef151ea29daa6cb021d4ad9cb81112\nppk s2-fullmesh-1-10 [0-9a-f]{64}\n$/,
  );
});
