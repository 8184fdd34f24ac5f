import { compareSync } from "bcryptjs";
import { isSecret, plainMap, UNKNOWN, type PropertyMap } from "../../lab/toolchain/standins/plugin/propertyValue";
import { urnOf, useProvider } from "./providerClient";

const urn = urnOf("random:index/randomPassword:RandomPassword", "password");
const idUrn = urnOf("random:index/randomId:RandomId", "id");
const provider = useProvider("random");

async function password(inputs: PropertyMap): Promise<string> {
  const { outputs } = await provider().create(urn, await provider().check(urn, inputs));
  return JSON.stringify(plainMap(outputs).result).slice(1, -1);
}

test("the state has the shape that the official provider writes, and its id says nothing", async () => {
  const { id, outputs } = await provider().create(urn, { length: 32 });
  expect(id).toBe("none");
  expect(outputs).toMatchObject({
    __meta: '{"schema_version":"3"}',
    id: "none",
    length: 32,
    lower: true,
    minLower: 0,
    minNumeric: 0,
    minSpecial: 0,
    minUpper: 0,
    number: true,
    numeric: true,
    special: true,
    upper: true,
  });
  expect([isSecret(outputs.result), isSecret(outputs.bcryptHash)]).toEqual([true, true]);
});

test("length, minimums and the allowed kinds of characters are kept", async () => {
  expect(await password({ length: 200, special: false })).toMatch(/^[A-Za-z0-9]{200}$/);
  expect(await password({ length: 200, number: false, upper: false, special: false })).toMatch(/^[a-z]{200}$/);
  const mixed = await password({
    length: 8,
    minLower: 2,
    minUpper: 2,
    minNumeric: 2,
    minSpecial: 2,
    overrideSpecial: "_",
  });
  expect(Array.from(mixed).sort().join("")).toMatch(/^\d\d[A-Z][A-Z]__[a-z][a-z]$/);
});

test("bcryptHash is a hash of the password, however long that is", async () => {
  for (const length of [16, 256]) {
    const { result, bcryptHash } = plainMap((await provider().create(urn, { length })).outputs);
    expect(bcryptHash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(compareSync(result as string, bcryptHash as string)).toBe(true);
  }
});

test("two passwords are not the same", async () => {
  expect(await password({ length: 32 })).not.toBe(await password({ length: 32 }));
});

test("a preview knows the defaults, not the password", async () => {
  const { outputs } = await provider().create(urn, { length: 8 }, true);
  expect(outputs).toMatchObject({ length: 8, special: true, result: UNKNOWN });
});

test("inputs equal to the defaults change nothing; others and keepers replace", async () => {
  const diff = (news: PropertyMap): Promise<unknown> => provider().diff(urn, { length: 32 }, news);
  expect(await diff({ length: 32, special: true, numeric: true })).toMatchObject({ changed: false });
  expect(await diff({ length: 33 })).toMatchObject({ changed: true, replaces: ["length"] });
  expect(await diff({ length: 32, keepers: { generation: "2" } })).toMatchObject({ replaces: ["keepers"] });
});

test("a length below the sum of the minimums is refused with both numbers", async () => {
  const { failures } = await provider().tryCheck(urn, { length: 3, minLower: 2, minUpper: 2 });
  expect(failures).toEqual(["length: length must be at least 4, the sum of all minimums, but is 3"]);
});

test("RandomId: one number in all its forms, the id being the URL-safe one", async () => {
  const { id, outputs } = await provider().create(idUrn, { byteLength: 8, prefix: "n-" });
  const { hex, dec, b64Std, b64Url } = outputs as Record<string, string>;
  const bytes = Buffer.from(id, "base64url");
  expect(bytes).toHaveLength(8);
  expect([hex, dec, b64Std, b64Url]).toEqual([
    `n-${bytes.toString("hex")}`,
    `n-${BigInt(`0x${bytes.toString("hex")}`)}`,
    `n-${bytes.toString("base64")}`,
    `n-${id}`,
  ]);
  expect(outputs).not.toHaveProperty("__meta");
});

test("a resource type that the stand-in lacks is named, with those it has", async () => {
  await expect(provider().check(urnOf("random:index/randomPet:RandomPet", "pet"), {})).rejects.toThrow(
    /no resource type "random:index\/randomPet:RandomPet", only: .*RandomPassword/,
  );
});
