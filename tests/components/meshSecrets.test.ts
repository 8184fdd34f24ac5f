import { createHash } from "node:crypto";
import { Mesh } from "../../components/mesh";
import { planMesh } from "../../core/plan/planMesh";
import { publicKeyPem } from "../../core/registry/publicKey";
import { fullMesh } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { keyOfText } from "../registry/arbitraryRegistry";
import { offlineArgs } from "./meshArgs";
import { setMocks } from "./mocks";

/** What is registered of a mesh of two nodes with these secrets: the passwords, and what node fra1's script `key` is told. */
async function registered(numbers: readonly number[]) {
  const passwords: string[] = [];
  const mesh: Record<string, unknown>[] = [];
  const told: string[] = [];
  await setMocks({
    newResource: ({ type, name, inputs }) => {
      const given = inputs as Record<string, unknown>;
      if (type.endsWith(":RandomPassword")) passwords.push(name);
      if (type === "fullmesh:index:Mesh") mesh.push(given);
      if (name === "fra1-key") told.push(JSON.stringify(given.stdin));
      const key = { privateKeyPemPkcs8: "a key", publicKeyPem: publicKeyPem(keyOfText(name)) };
      return { id: name, state: { ...given, result: `p4ssw0rd for ${name}`, ...key } };
    },
    call: () => ({}),
  });
  const nodes = [labNode(1, "fra1"), labNode(2, "nyc1")];
  const secrets = { numbers, knownTo: [], unknownTo: [] };
  const plan = planMesh({ nodes, retired: [], policy: fullMesh, secrets }, { ...settings, ppk: "required" });
  await new Mesh("dev", { ...offlineArgs, plan, organizations: [] }).outcome;
  return { passwords: passwords.sort(), summary: mesh[0]?.secrets, stdin: told.join() };
}

const mac = (name: string): string => createHash("sha256").update(`p4ssw0rd for ${name}`).digest("hex");

test("the first secrets are those of before there were others, by their names in the state", async () => {
  const { passwords, summary, stdin } = await registered([1]);
  expect(passwords).toEqual(["babel-mac", "ppk"]);
  expect(summary).toBeUndefined();
  expect(stdin).toContain(`babel-mac ${mac("babel-mac")}\\nppk fullmesh-1-2 `);
  expect(stdin).not.toContain("s2-");
});

test("with two, babel signs with the first, and nodes have the preshared keys of both", async () => {
  const { passwords, summary, stdin } = await registered([2, 1]);
  expect(passwords).toEqual(["babel-mac", "babel-mac-2", "ppk", "ppk-2"]);
  expect(summary).toBe("2, 1 accepted, too");
  expect(stdin).toContain(`babel-mac ${mac("babel-mac-2")}\\n`);
  for (const id of ["fullmesh-1-2", "s2-fullmesh-1-2"])
    expect(stdin).toMatch(new RegExp(`ppk ${id} [0-9a-f]{64}\\\\n`));
});
