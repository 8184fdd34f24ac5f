import { Mesh } from "../../components/mesh";
import { planMesh } from "../../core/plan/planMesh";
import { publicKeyPem } from "../../core/registry/publicKey";
import type { RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { offlineArgs } from "./meshArgs";
import { arbitraryKey } from "../registry/arbitraryRegistry";
import { setMocks } from "./mocks";

type Inputs = Readonly<Record<string, unknown>>;

/** What each Node shows. */
const shown = new Map<string, Inputs>();

function member(id: number, name: string, tags: readonly string[], address?: string): RegistryNode {
  return {
    id,
    name,
    organization: "acme",
    commonName: name,
    tags,
    managed: true,
    isolation: "none",
    keys: [1],
    ssh: { host: `203.0.113.${id}`, port: 22, user: "root" },
    endpoints: [{ serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0, ...(address && { address }) }],
    prefixes: [],
    file: `${name}.yaml`,
  };
}

const hidden = Array.from({ length: 8 }, (_, index) => member(index + 3, `nat${index + 1}`, []));

const plan = planMesh(
  {
    nodes: [
      member(1, "fra1", ["hub", "prod"], "198.51.100.1"),
      member(2, "ams1", ["hub"], "198.51.100.2"),
      ...hidden,
      member(11, "lab1", ["lab"], "198.51.100.11"),
    ],
    retired: [],
    policy: { leaves: [], exclude: [{ tag: "lab", from: "prod" }] },
  },
  settings,
);

beforeAll(async () => {
  await setMocks({
    newResource: ({ type, name, inputs }: { type: string; name: string; inputs: Inputs }) => {
      if (type === "fullmesh:index:Node") shown.set(name, inputs);
      const made = { result: "p4ssw0rd", privateKeyPemPkcs8: "p", publicKeyPem: publicKeyPem(arbitraryKey(1)) };
      return { id: `${name}-id`, state: { ...inputs, ...made } };
    },
    call: () => ({}),
  });
  new Mesh("dev", {
    plan,
    ...offlineArgs,
    organizations: [],
  });
  for (let waits = 0; shown.size < plan.nodes.length && waits < 6000; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test("a Node shows the tags that it has", () => {
  expect(shown.get("fra1")).toMatchObject({ tags: ["hub", "prod"] });
  expect(shown.get("nat1")).not.toHaveProperty("tags");
});

test("a Node shows with whom it has no link, why, and who carries what they send each other, of however many pairs", () => {
  // 28 pairs behind NAT are more than the warnings name.
  expect(plan.unlinked).toHaveLength(28 + 1);
  expect(shown.get("fra1")?.noLinkWith).toEqual(["lab1 (the policy keeps them apart): by way of ams1"]);
  expect(shown.get("lab1")?.noLinkWith).toEqual(["fra1 (the policy keeps them apart): by way of ams1"]);
  expect(shown.get("nat8")?.noLinkWith).toEqual([
    "nat1, nat2, nat3, nat4, nat5, nat6, nat7 (behind NAT at both ends): by way of fra1",
  ]);
});

test("a Node that has a link with every other shows nothing of that", () => {
  expect(shown.get("ams1")).toMatchObject({ nodeId: 2 });
  expect(shown.get("ams1")).not.toHaveProperty("noLinkWith");
});
