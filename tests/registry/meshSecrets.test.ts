import * as fc from "fast-check";
import { secretWarnings } from "../../core/describe/secretWarnings";
import { forgiven, leaversWhoKnow, nextSecrets, stolenWith } from "../../core/registry/meshSecrets";
import { parseRegistry } from "../../core/registry/parseRegistry";
import { fullMesh, type MeshSecrets, type Registry } from "../../core/registry/registry";
import { labNode } from "../plan/labNode";

const ams1 = { id: 7, name: "ams1", gone: true };
const par1 = { id: 8, name: "par1", gone: false };
const nodes = [labNode(1, "fra1"), labNode(2, "nyc1")];

function registry(secrets?: Partial<MeshSecrets>, retired: Registry["retired"] = []): Registry {
  const some = secrets && { secrets: { numbers: [1], knownTo: [], unknownTo: [], ...secrets } };
  return { nodes, retired, policy: fullMesh, ...some };
}

test.each([
  ["a new one is accepted first, also without a file", registry(), "accept", [1, 2]],
  ["then it is used", registry({ numbers: [1, 2] }), "use", [2, 1]],
  ["then the former one is dropped", registry({ numbers: [2, 1] }), "drop", [2]],
  ["whoever has gone meanwhile does not know the next", registry({ numbers: [1, 2] }, [ams1]), "accept", [1, 3]],
  ["nor after it was used", registry({ numbers: [2, 1], knownTo: [2] }), "accept", [2, 3]],
  ["who goes without the secrets changes no step", registry({ numbers: [1, 2] }, [par1]), "use", [2, 1]],
])("%s", (_, before, step, numbers) => {
  const next = nextSecrets(before);
  expect([next.step, next.secrets.numbers]).toEqual([step, numbers]);
  expect(leaversWhoKnow({ ...before, secrets: next.secrets })).toEqual([]);
});

test("each step loses nothing: one secret or more are accepted by nodes before it and after it, and the one in use is among them", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (leaves) => {
      let now = registry();
      for (const someoneLeaves of [...leaves, false, false, false]) {
        if (someoneLeaves)
          now = { ...now, retired: [...now.retired, { id: 100 + now.retired.length, name: "x", gone: true }] };
        const before = now.secrets?.numbers ?? [1];
        now = { ...now, secrets: nextSecrets(now).secrets };
        const after = now.secrets?.numbers ?? [];
        expect(after).toContain(before[0]);
        expect(before).toContain(after[0]);
      }
      expect(leaversWhoKnow(now)).toEqual([]);
    }),
  );
});

test("a secret that only nodes that are gone or revoked, too, could know is asked for until it is made, or forgiven", () => {
  const due = registry({ ...stolenWith(registry(), [2]) }, [ams1, par1]);
  expect(leaversWhoKnow(due)).toEqual(["ams1", "nyc1"]);
  expect(secretWarnings(due)).toEqual([expect.stringMatching(/^ams1 and nyc1: .*`fullmesh rotate --mesh-secrets`/)]);
  expect(forgiven(due)).toEqual({ numbers: [1], knownTo: [], unknownTo: [7] });
  expect(secretWarnings({ ...due, secrets: forgiven(due) })).toEqual([]);
  expect(nextSecrets(due).secrets).toEqual({ numbers: [1, 2], knownTo: [], unknownTo: [7] });
});

test("between two secrets a reviewer is told that it is not over", () => {
  expect(secretWarnings(registry({ numbers: [3, 2] }))).toEqual([
    expect.stringMatching(/^the nodes are between shared secrets 2 and 3, /),
  ]);
  expect(secretWarnings(registry())).toEqual([]);
});

test("the file is read", () => {
  const node =
    "id: 1\norganization: lab\nssh: { host: 192.0.2.1 }\nendpoints: [{ serial: 0, family: ip4, address: 192.0.2.1 }]\n";
  const files = [
    { path: "nodes/fra1.yaml", text: node },
    { path: "nodes/_secrets.yaml", text: "secrets: [2, 1]\nunknownTo: [7]\n" },
  ];
  const read = parseRegistry(files, {});
  expect(read.ok && read.registry.secrets).toEqual({ numbers: [2, 1], knownTo: [], unknownTo: [7] });
});
