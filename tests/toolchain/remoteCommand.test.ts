/** What a remote.Command runs, when, and what the state keeps of it. */
import { utils } from "ssh2";
import {
  isSecret,
  plainMap,
  secret,
  UNKNOWN,
  type PropertyMap,
} from "../../lab/toolchain/standins/plugin/propertyValue";
import { providerVersion } from "../../lab/toolchain/versions";
import { urnOf, useProvider } from "./providerClient";
import { startSshHost, type SshHost } from "./sshHost";

const urn = urnOf("command:remote:Command", "apply");
const provider = useProvider("command");
const login = utils.generateKeyPairSync("ed25519");
let host: SshHost;

beforeAll(async () => {
  host = await startSshHost({ authorizedKey: login.public, acceptEnv: ["GREETING", "PULUMI_COMMAND_STDOUT"] });
});
afterAll(() => host.close());
beforeEach(() => {
  host.commands.length = 0;
  provider().takeLog();
});

/** Checked inputs of a Command on the host, as the Node SDK sends them: the connection is one secret. */
function inputs(fields: PropertyMap): Promise<PropertyMap> {
  const connection = { host: "127.0.0.1", port: host.port, privateKey: login.private, hostKey: host.hostKey };
  return provider().check(urn, { connection: secret(connection), ...fields });
}

async function create(fields: PropertyMap): Promise<{ id: string; outputs: PropertyMap }> {
  return provider().create(urn, await inputs(fields));
}

test("it is the version of the npm package, and marks the provider's inputs as the official one does", async () => {
  expect(await provider().version()).toBe(providerVersion("command"));
  expect(await provider().checkConfig({ version: "1.2.1" })).toEqual({
    version: "1.2.1",
    "__pulumi-go-provider-version": "1.2.0",
  });
  const configured = await provider().configure();
  expect(configured.getAcceptsecrets()).toBe(true);
  expect(configured.getSupportspreview()).toBe(true);
});

test("Check fills in the connection, and marks each key and password in it secret besides the whole", async () => {
  const { connection = null } = await provider().check(urn, { connection: { host: "h", password: "p" } });
  expect(connection).toEqual(
    secret({ host: "h", password: secret("p"), user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 }),
  );
});

test("create runs the command; the state is the inputs and both outputs without one newline at their ends", async () => {
  const checked = await inputs({ create: "cat; echo 'two\n'; echo warn >&2", stdin: "one\n" });
  const { id, outputs } = await provider().create(urn, checked);
  expect(id).toMatch(/^apply[0-9a-f]{8}$/);
  expect(outputs).toEqual({ ...checked, stdout: "one\ntwo\n", stderr: "warn" });
  await host.idle();
});

test("secrets come back as they went in, whole or nested; stdout is never made secret", async () => {
  const { outputs } = await create({ create: "cat", stdin: secret("hidden") });
  expect(outputs.stdin).toEqual(secret("hidden"));
  expect(outputs.stdout).toBe("hidden");
  expect(isSecret(outputs.connection)).toBe(true);
  expect(JSON.stringify(plainMap(outputs).connection)).toContain("OPENSSH PRIVATE KEY");
});

test("output is shown line by line while it runs, and not kept", async () => {
  await create({ create: "printf 'a\\nb'; echo c >&2" });
  const log = provider().takeLog();
  expect(log.every(({ ephemeral, severity }) => ephemeral && severity === "info")).toBe(true);
  expect(log.map(({ message }) => message).join("\n")).toMatch(/^a\n/);
});

test.each([
  ["none", []],
  ["stdout", ["out"]],
  ["stderr", ["err"]],
  ["stdoutAndStderr", ["err", "out"]],
])("logging %s shows %j", async (logging, shown) => {
  const { outputs } = await create({ create: "echo out; echo err >&2", logging });
  expect(
    provider()
      .takeLog()
      .map(({ message }) => message)
      .sort(),
  ).toEqual(shown);
  expect(outputs).toMatchObject({ stdout: "out", stderr: "err" });
});

test("a failure shows the whole command and all output, and keeps nothing", async () => {
  await expect(create({ create: 'echo "out\t$0" && exit 3' })).rejects.toThrow(
    new Error('Process exited with status 3: running "echo \\"out\\t$0\\" && exit 3":\nout\t/bin/sh\n'),
  );
});

test("a command ended by a signal fails with its name", async () => {
  await expect(create({ create: "kill -TERM $$" })).rejects.toThrow(
    'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n',
  );
});

test("a command that does not read its stdin succeeds, however much there is", async () => {
  const stdin = "x".repeat(500_000);
  for (let round = 0; round < 5; round++) {
    const { outputs } = await create({ create: "exit 0", stdin, logging: "none" });
    expect(outputs.stdout).toBe("");
  }
});

test("no command, nothing run, no dial", async () => {
  const dials = host.dials();
  const { id, outputs } = await create({ delete: "true" });
  expect(id).toMatch(/^apply/);
  expect(outputs).toMatchObject({ stdout: "", stderr: "" });
  expect(host.dials()).toBe(dials);
});

test("update runs `update`, or `create` where there is none; without either the output stays", async () => {
  const { outputs: state } = await create({ create: "echo 1" });
  expect(await provider().update(urn, state, await inputs({ create: "echo 1", update: "echo 2" }))).toMatchObject({
    stdout: "2",
  });
  expect(await provider().update(urn, state, await inputs({ create: "echo 3" }))).toMatchObject({ stdout: "3" });
  expect(await provider().update(urn, state, await inputs({ delete: "true" }))).toMatchObject({ stdout: "1" });
  expect(host.commands).toEqual(["echo 1", "echo 2", "echo 3"]);
});

test("delete runs the recorded command over the recorded connection, or nothing", async () => {
  const { outputs } = await create({ create: "true", delete: "echo bye" });
  await provider().delete(urn, outputs);
  await provider().delete(urn, (await create({ create: "true" })).outputs);
  expect(host.commands).toEqual(["true", "echo bye", "true"]);
});

test("the previous output is in the environment where the host accepts it, else a warning; or not at all", async () => {
  const show = 'printf "%s|%s" "$PULUMI_COMMAND_STDOUT" "$PULUMI_COMMAND_STDERR"';
  const { outputs: state } = await create({ create: "echo out; echo err >&2", logging: "none" });
  provider().takeLog();
  expect(await provider().update(urn, state, await inputs({ create: show, logging: "none" }))).toMatchObject({
    stdout: "out|",
  });
  expect(provider().takeLog()).toEqual([
    { severity: "warning", ephemeral: false, message: expect.stringContaining("'PULUMI_COMMAND_STDERR'") as string },
  ]);
  const without = await inputs({ create: show, logging: "none", addPreviousOutputInEnv: false });
  expect(await provider().update(urn, state, without)).toMatchObject({ stdout: "|" });
  expect(provider().takeLog()).toEqual([]);
});

test("an environment variable that the host accepts is set; one that it refuses is an error", async () => {
  expect((await create({ create: "echo $GREETING", environment: { GREETING: "hi" } })).outputs).toMatchObject({
    stdout: "hi",
  });
  await expect(create({ create: "true", environment: { OTHER: "x" } })).rejects.toThrow(
    'could not set environment variable "OTHER": ssh: setenv failed',
  );
});

test("a preview dials nobody: outputs of a create are unknown, and those of an update that changes something known", async () => {
  const dials = host.dials();
  const checked = await inputs({ create: "true", stdin: UNKNOWN });
  expect((await provider().create(urn, checked, true)).outputs).toEqual({
    ...checked,
    stdout: UNKNOWN,
    stderr: UNKNOWN,
  });
  const state = { ...(await inputs({ create: "old" })), stdout: "kept", stderr: "" };
  expect(await provider().update(urn, state, await inputs({ create: "new" }), true)).toMatchObject({ stdout: UNKNOWN });
  expect(await provider().update(urn, state, await inputs({ create: "old", stdin: "new" }), true)).toMatchObject({
    stdout: "kept",
  });
  expect(host.dials()).toBe(dials);
});

test("refresh finds what the state says", async () => {
  const { id, outputs } = await create({ create: "true" });
  expect(await provider().read(urn, id, outputs, await inputs({ create: "true" }))).toEqual(outputs);
});
