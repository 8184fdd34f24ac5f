/** What changes a Command, and what does not. */
import { secret, type PropertyMap } from "../../lab/toolchain/standins/plugin/propertyValue";
import { urnOf, useProvider, type FoundDiff } from "./providerClient";

const urn = urnOf("command:remote:Command", "apply");
const provider = useProvider("command");

function check(fields: PropertyMap): Promise<PropertyMap> {
  return provider().check(urn, { connection: { host: "h", privateKey: "k" }, create: "c", ...fields });
}

async function diff(olds: PropertyMap, news: PropertyMap): Promise<FoundDiff> {
  return provider().diff(urn, await check(olds), await check(news));
}

test("the same inputs are no change, whatever is secret and however keys are ordered", async () => {
  expect(await diff({}, {})).toEqual({ changed: false, paths: {}, replaces: [] });
  expect(await diff({ stdin: "s" }, { stdin: secret("s") })).toMatchObject({ changed: false });
  const reordered = { connection: secret({ privateKey: secret("k"), host: secret("h") }) };
  expect(await diff({}, reordered)).toMatchObject({ changed: false });
  expect(await diff({ environment: { A: "1", B: "2" } }, { environment: { B: "2", A: "1" } })).toMatchObject({
    changed: false,
  });
});

test("state from before the connection's parts were secret is no change either", async () => {
  const news = await check({});
  const olds = { create: "c", connection: secret({ ...plainConnection, privateKey: "k" }) };
  expect(await provider().diff(urn, olds, news)).toMatchObject({ changed: false });
});

test("any changed input is an update, named by its path", async () => {
  const found = await diff(
    { update: "u", triggers: ["a", "b"], environment: { "a.b": "1" } },
    { stdin: "s", triggers: ["a", "c", "d"], environment: { "a.b": "2" } },
  );
  expect(found).toEqual({
    changed: true,
    paths: {
      update: "delete",
      stdin: "add",
      "triggers[1]": "update",
      "triggers[2]": "add",
      'environment["a.b"]': "update",
    },
    replaces: [],
  });
});

test("a change in a secret is shown at the secret, not in it", async () => {
  expect(await diff({}, { connection: { host: "h", privateKey: "other" } })).toMatchObject({
    paths: { connection: "update" },
  });
});

const plainConnection = { host: "h", user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
