import { hostError } from "../../core/describe/hostError";
import { meshDrift } from "../../core/drift/meshDrift";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import { SshError } from "../../ssh/failure";
import { preflight } from "../../ssh/preflight";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { accessWith, keyPair, knownAt, sshHost } from "../ssh/testHost";

/** A host that has been taken over has megabytes to say of what is wrong with it, for the operator's terminal and for the preview. */
const maxCharacters = 100_000;
const many = 100_000;

function drift(...lines: readonly string[]) {
  const plan = planMesh({ nodes: [labNode(1, "fra1"), labNode(2, "nyc1")], retired: [], policy: fullMesh }, settings);
  const answer = { kind: "answered", text: [...lines, "end\n"].join("\n") } as const;
  return meshDrift(plan, new Map([["fra1", answer]])).nodes[0];
}

test.each(["changed /etc/x", "foreign-file /etc/x", "no-sa fm200-nyc1", "ip link set dev x up", "unread x"])(
  "drift of many lines is told by its first: %s",
  (line) => {
    const node = drift(...Array.from({ length: many }, (_, index) => `${line}${index}`));
    expect(JSON.stringify(node).length).toBeLessThan(maxCharacters);
    expect(JSON.stringify(node)).toMatch(/"and \d+ more"|and \d+ more/);
    expect(node?.state).toBe("drifted");
  },
);

test("a long line is cut", () => {
  expect(drift(`changed /${"x".repeat(many)}`)?.differences.join("").length).toBeLessThan(300);
});

test.each([
  ["many lines", "fullmesh: fra1: x\n".repeat(many)],
  ["a long line", `fullmesh: fra1: ${"x".repeat(many * 10)}\n`],
  ["a long line of another program", "x".repeat(many * 10)],
])("an error is short: %s", (_, text) => {
  expect(hostError(text).length).toBeLessThan(maxCharacters / 5);
});

test("so is what the host has printed in an error of SSH", () => {
  const { message } = new SshError("not-root", `fra1: cannot become root (${"x".repeat(many)}).\n    fix: y`);
  expect(message.length).toBeLessThan(2000);
  expect(message).toMatch(/\n {4}fix: y$/);
});

test("so is what the preflight says", async () => {
  const client = keyPair();
  const host = await sshHost(client.public, (command) =>
    command === "id -u" ? { stdout: "0\n", status: 0 } : { stderr: "fullmesh: fra1: no\n".repeat(many), status: 1 },
  );
  const ssh = { host: "127.0.0.1", port: host.port, user: "root" };
  const plan = planMesh({ nodes: [labNode(1, "fra1", { ssh })], retired: [], policy: fullMesh }, settings);
  const [node] = managedNodes(plan);
  if (node === undefined) throw new Error("fra1 is not managed");
  const result = await preflight(node, plan, accessWith(client.private, knownAt(host.port, host.hostKey)));
  host.close();
  expect(result).toMatchObject({ ok: false, cause: "unfit" });
  expect(JSON.stringify(result).length).toBeLessThan(maxCharacters / 10);
});
