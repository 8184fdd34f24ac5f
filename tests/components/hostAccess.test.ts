import type * as pulumi from "@pulumi/pulumi";
import { HostAccess, type Probe } from "../../components/hostAccess";
import { parseKnownHosts } from "../../ssh/knownHosts";
import { setMocks } from "./mocks";

const node = { name: "fra1", ssh: { host: "198.51.100.1", port: 22, user: "root" } };
const access = {
  knownHosts: parseKnownHosts("", "known_hosts"),
  auth: { kind: "agent", socket: "/agent" },
  dialSeconds: 5,
} as const;

beforeAll(() => setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

function hooksOf(host: HostAccess, name: string): { before: () => Promise<void>; after: () => Promise<void> } {
  const { beforeCreate, afterCreate } = host.hooks(name);
  const run = async (hooks: typeof beforeCreate): Promise<void> => {
    for (const hook of hooks ?? []) await (hook as pulumi.ResourceHook).callback({} as pulumi.ResourceHookArgs);
  };
  return { before: () => run(beforeCreate), after: () => run(afterCreate) };
}

test("a host that the probe refuses fails before the provider dials it, with the probe's message", async () => {
  const probe: Probe = () =>
    Promise.resolve({ ok: false, cause: "mute", message: "fra1: accepts TCP and says nothing" });
  const host = new HostAccess(node, access, probe);
  await expect(hooksOf(host, "fra1-install").before()).rejects.toThrow("fra1: accepts TCP and says nothing");
  expect(host.failed).toBe(true);
});

test("a host is probed once in a run, however many commands it gets", async () => {
  const probe = jest.fn<ReturnType<Probe>, Parameters<Probe>>(() => Promise.resolve({ ok: true }));
  const host = new HostAccess(node, access, probe);
  await hooksOf(host, "fra1-key").before();
  await hooksOf(host, "fra1-apply").before();
  expect(probe).toHaveBeenCalledTimes(1);
});

test("a host has failed while a command of it was begun and did not end well", async () => {
  const host = new HostAccess(node, access, () => Promise.resolve({ ok: true }));
  expect(host.failed).toBe(false);
  const apply = hooksOf(host, "tyo1-apply");
  await apply.before();
  expect(host.failed).toBe(true);
  await apply.after();
  expect(host.failed).toBe(false);
});

test("without a private key the agent is used, and its socket, which is another in each session, is not in the state", () => {
  const host = new HostAccess(node, access, () => Promise.resolve({ ok: true }));
  expect(host.connection).not.toHaveProperty("agentSocketPath");
  expect(host.connection).not.toHaveProperty("privateKey");
});
