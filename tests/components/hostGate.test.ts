import * as pulumi from "@pulumi/pulumi";
import { HostGate, type Probe } from "../../components/hostGate";
import { setMocks } from "./mocks";

const node = { name: "fra1", ssh: { host: "198.51.100.1", port: 22, user: "root" } };
const other = { name: "tyo1", ssh: { ...node.ssh, host: "198.51.100.3" } };

const answers: Probe = () => Promise.resolve({ ok: true });
const mute: Probe = ({ name }) =>
  Promise.resolve({ ok: false, cause: "mute", message: `${name}: accepts TCP and says nothing` });

beforeAll(() => setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

/** Has a command let in, or one that is removed let go, as the engine does: by its new inputs or its old ones. */
async function pass(gate: HostGate, which: "enter" | "leave", name: string): Promise<void> {
  const inputs = { connection: pulumi.secret((name.startsWith("tyo1") ? other : node).ssh) };
  const args = { urn: `urn::${name}`, id: name, name, type: "command:remote:Command" };
  await gate[which].callback(which === "leave" ? { ...args, oldInputs: inputs } : { ...args, newInputs: inputs });
}

test("a host that the probe refuses fails before anything runs on it, with the probe's message", async () => {
  const gate = new HostGate(mute, mute);
  await expect(pass(gate, "enter", "fra1-install")).rejects.toThrow("fra1: accepts TCP and says nothing");
  await expect(pass(gate, "enter", "fra1-apply")).rejects.toThrow("fra1: accepts TCP and says nothing");
  expect(gate.failed(node)).toBe(true);
  expect(gate.failed(other)).toBe(false);
});

test("a host that is to be left and does not answer is named, and how to give it up", async () => {
  const removal = pass(new HostGate(mute, mute), "leave", "fra1-install");
  await expect(removal).rejects.toThrow(
    /^fra1: accepts TCP and says nothing\n.*still on fra1.* _retired\.yaml: \{ id: \.\.\., name: fra1, gone: true \}$/,
  );
});

test("a host is looked at once in a run to be changed, and once to be left, however many commands it gets", async () => {
  const probe = jest.fn<ReturnType<Probe>, Parameters<Probe>>(answers);
  const preflight = jest.fn<ReturnType<Probe>, Parameters<Probe>>(answers);
  const gate = new HostGate(probe, preflight);
  for (const step of ["key", "apply"]) await pass(gate, "enter", `fra1-${step}`);
  await pass(gate, "leave", "fra1-install");
  await pass(gate, "enter", "tyo1-apply");
  expect(preflight.mock.calls).toEqual([[node], [other]]);
  expect(probe.mock.calls).toEqual([[node]]);
});

test("a host has failed while a command of it was begun and did not end well", async () => {
  const gate = new HostGate(answers, answers);
  expect(gate.failed(other)).toBe(false);
  await pass(gate, "enter", "tyo1-apply");
  expect(gate.failed(other)).toBe(true);
  gate.finished("tyo1-apply");
  expect(gate.failed(other)).toBe(false);
});

test("one of its commands that ends well makes up for no other", async () => {
  const gate = new HostGate(answers, answers);
  for (const command of ["tyo1-keypair1", "tyo1-keypair2"]) await pass(gate, "enter", command);
  gate.finished("tyo1-keypair2");
  expect(gate.failed(other)).toBe(true);
});

test("what went wrong first on each host is known, whether it was found at the gate or later", async () => {
  const gate = new HostGate(mute, mute);
  await pass(gate, "enter", "fra1-install").catch(() => undefined);
  await pass(gate, "enter", "fra1-verify").catch(() => undefined);
  expect(gate.refuse("tyo1-apply", "tyo1: nft refused the rules").message).toBe("tyo1: nft refused the rules");
  expect(gate.failures).toEqual([
    { node: "fra1", step: "install", reason: "fra1: accepts TCP and says nothing" },
    { node: "tyo1", step: "apply", reason: "tyo1: nft refused the rules" },
  ]);
});

test("a closed gate lets nobody through, and says on whose account", async () => {
  const gate = new HostGate(answers, answers);
  gate.close("the deploy was stopped at fra1", new Map([["fra1", "fra1: nyc1 has no IKE_SA"]]));
  await expect(pass(gate, "enter", "tyo1-apply")).rejects.toThrow(
    /^tyo1: left as it was, for the deploy was stopped at fra1$/,
  );
  await expect(pass(gate, "enter", "fra1-verify")).rejects.toThrow(/^fra1: nyc1 has no IKE_SA$/);
  await expect(pass(gate, "leave", "tyo1-install")).rejects.toThrow(/^tyo1: left as it was/);
  expect(gate.failures.map(({ node, step }) => `${node} ${step}`)).toEqual(["fra1 links", "tyo1 apply"]);
});
