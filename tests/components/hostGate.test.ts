import * as pulumi from "@pulumi/pulumi";
import { HostGate, type Probe } from "../../components/hostGate";
import { Progress } from "../../components/progress";
import { setMocks } from "./mocks";

const node = { name: "fra1", ssh: { host: "198.51.100.1", port: 22, user: "root" } };
const other = { name: "tyo1", ssh: { ...node.ssh, host: "198.51.100.3" } };

const answers: Probe = () => Promise.resolve({ ok: true });
const mute: Probe = ({ name }) =>
  Promise.resolve({ ok: false, cause: "mute", message: `${name}: accepts TCP and says nothing` });

beforeAll(() => setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

/** Runs the hooks of one kind as the engine does for a command, whose inputs are new ones or, where it is removed, old ones. */
async function run(gate: HostGate, kind: keyof pulumi.ResourceHookBinding, name: string): Promise<void> {
  const inputs = { connection: pulumi.secret((name.startsWith("tyo1") ? other : node).ssh) };
  const args = { urn: `urn::${name}`, id: name, name, type: "command:remote:Command" };
  const found = { ...gate.hooks, ...gate.removalHooks }[kind] ?? [];
  expect(found).not.toEqual([]);
  for (const hook of found) {
    await (hook as pulumi.ResourceHook).callback(
      kind.endsWith("Delete") ? { ...args, oldInputs: inputs } : { ...args, newInputs: inputs },
    );
  }
}

test("a host that the probe refuses fails before the provider dials it, with the probe's message", async () => {
  const gate = new HostGate(mute, mute);
  await expect(run(gate, "beforeCreate", "fra1-install")).rejects.toThrow("fra1: accepts TCP and says nothing");
  await expect(run(gate, "beforeUpdate", "fra1-apply")).rejects.toThrow("fra1: accepts TCP and says nothing");
  expect(gate.failed(node)).toBe(true);
  expect(gate.failed(other)).toBe(false);
});

test("a host that is to be left and does not answer is named, and how to give it up", async () => {
  const removal = run(new HostGate(mute, mute), "beforeDelete", "fra1-install");
  await expect(removal).rejects.toThrow(
    /^fra1: accepts TCP and says nothing\n.*still on fra1.* _retired\.yaml: \{ id: \.\.\., name: fra1, gone: true \}$/,
  );
});

test("a host is looked at once in a run to be changed, and once to be left, however many commands it gets", async () => {
  const probe = jest.fn<ReturnType<Probe>, Parameters<Probe>>(answers);
  const preflight = jest.fn<ReturnType<Probe>, Parameters<Probe>>(answers);
  const gate = new HostGate(probe, preflight);
  for (const step of ["key", "apply"]) await run(gate, "beforeCreate", `fra1-${step}`);
  await run(gate, "beforeDelete", "fra1-install");
  await run(gate, "beforeUpdate", "tyo1-apply");
  expect(preflight.mock.calls).toEqual([[node], [other]]);
  expect(probe.mock.calls).toEqual([[node]]);
});

test("a host has failed while a command of it was begun and did not end well", async () => {
  const gate = new HostGate(answers, answers);
  expect(gate.failed(other)).toBe(false);
  await run(gate, "beforeCreate", "tyo1-apply");
  expect(gate.failed(other)).toBe(true);
  await run(gate, "afterCreate", "tyo1-apply");
  expect(gate.failed(other)).toBe(false);
});

test("what went wrong first on each host is known, whether the probe found it or the host said it", async () => {
  const gate = new HostGate(mute, mute);
  await run(gate, "beforeCreate", "fra1-install").catch(() => undefined);
  await run(gate, "beforeUpdate", "fra1-verify").catch(() => undefined);
  const [failed] = gate.hooks.onError ?? [];
  const error = { urn: "urn", id: "id", name: "tyo1-apply", type: "t", failedOperation: "update" };
  const errors = ['Process exited with status 1: running "x":\nfullmesh: tyo1: nft refused the rules'];
  expect(await failed?.callback({ ...error, errors })).toBe(false);
  expect(gate.failures).toEqual([
    { node: "fra1", step: "install", reason: "fra1: accepts TCP and says nothing" },
    { node: "tyo1", step: "apply", reason: "tyo1: nft refused the rules" },
  ]);
});

test("that a command runs is told from when its host is found fit until it ends, well or not", async () => {
  const told: string[] = [];
  const progress = new (class extends Progress {
    override begin(_urn: string, name: string, step: string): void {
      told.push(`begin ${name} ${step}`);
    }
    override end(urn: string): void {
      told.push(`end ${urn}`);
    }
  })();
  const refusing = new HostGate(mute, mute, progress);
  await run(refusing, "beforeCreate", "tyo1-install").catch(() => undefined);
  const gate = new HostGate(answers, answers, progress);
  await run(gate, "beforeCreate", "fra1-install");
  await run(gate, "afterCreate", "fra1-install");
  await run(gate, "beforeUpdate", "fra1-apply");
  const error = { urn: "urn::fra1-apply", id: "id", name: "fra1-apply", type: "t", failedOperation: "update" };
  await gate.hooks.onError?.[0]?.callback({ ...error, errors: ["no space left"] });
  expect(told).toEqual(["begin fra1 install", "end urn::fra1-install", "begin fra1 apply", "end urn::fra1-apply"]);
});

test("a closed gate lets nobody through, and says on whose account", async () => {
  const gate = new HostGate(answers, answers);
  gate.close("the deploy was stopped at fra1", new Map([["fra1", "fra1: nyc1 has no IKE_SA"]]));
  await expect(run(gate, "beforeUpdate", "tyo1-apply")).rejects.toThrow(
    /^tyo1: left as it was, for the deploy was stopped at fra1$/,
  );
  await expect(run(gate, "beforeUpdate", "fra1-verify")).rejects.toThrow(/^fra1: nyc1 has no IKE_SA$/);
  await expect(run(gate, "beforeDelete", "tyo1-install")).rejects.toThrow(/^tyo1: left as it was/);
  expect(gate.failures.map(({ node, step }) => `${node} ${step}`)).toEqual(["fra1 links", "tyo1 apply"]);
});
