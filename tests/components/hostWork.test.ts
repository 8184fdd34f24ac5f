import * as pulumi from "@pulumi/pulumi";
import { HostGate } from "../../components/hostGate";
import { HostWork, maxCommandSeconds, type RunOnHost } from "../../components/hostWork";
import { Progress } from "../../components/progress";
import { SshError } from "../../ssh/failure";
import { setMocks } from "./mocks";

const ssh = { host: "198.51.100.1", port: 22, user: "root" };
const node = { name: "fra1", ssh };

beforeAll(() => setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

/** A host that answers so, and what becomes of commands on it. */
function workWith(answer: () => ReturnType<RunOnHost>, maxSeconds?: number) {
  const runOnHost = jest.fn<ReturnType<RunOnHost>, Parameters<RunOnHost>>(answer);
  const fit = () => Promise.resolve({ ok: true as const });
  const gate = new HostGate(fit, fit);
  const told: string[] = [];
  const progress = new (class extends Progress {
    override begin(_urn: string, name: string, step: string): void {
      told.push(`begin ${name} ${step}`);
    }
    override end(urn: string): void {
      told.push(`end ${urn}`);
    }
  })();
  return { runOnHost, gate, told, work: new HostWork(gate, runOnHost, maxSeconds, progress) };
}

const ends =
  (stdout: string, stderr = "", status: number | undefined = 0) =>
  () =>
    Promise.resolve({ status, stdout, stderr });

const inputs = {
  connection: pulumi.secret(ssh),
  environment: { RUN: "sh -s fra1\n# repair", REMOVE: "remove fra1", SECONDS: "60" },
  stdin: pulumi.secret("private-key 1"),
};

const args = (name: string) => ({ urn: `urn::${name}`, id: name, name, type: "command:remote:Command" });

const run = async (work: HostWork, name: string) => work.run.callback({ ...args(name), newInputs: inputs });
const remove = async (work: HostWork, oldInputs: object) =>
  work.remove.callback({ ...args("fra1-install"), oldInputs });

test("a command is run as it is remembered, with its stdin, for its own time by the host's clock and a little more by ours", async () => {
  const { work, gate, runOnHost, told } = workWith(ends("{}\n"));
  await run(work, "fra1-apply");
  expect(runOnHost.mock.calls).toEqual([
    [node, "timeout 60 sh -s fra1\n# repair", { stdin: "private-key 1", timeoutSeconds: 70 }],
  ]);
  expect([...gate.applied]).toEqual(["fra1"]);
  expect(told).toEqual(["begin fra1 apply", "end urn::fra1-apply"]);
});

test("it may be given less time in one run, and never more", async () => {
  for (const [max, seconds] of [
    [5, 5],
    [600, 60],
  ] as const) {
    const { work, runOnHost } = workWith(ends(""), max);
    await run(work, "fra1-key");
    expect(runOnHost.mock.calls[0]?.slice(1)).toMatchObject([
      expect.stringMatching(new RegExp(`^timeout ${seconds} `)),
      { timeoutSeconds: seconds + 10 },
    ]);
  }
});

test("one that fails says why in its script's own words, and is noted", async () => {
  const { work, gate, told } = workWith(ends("Get:1 ...\n", "warning\nfullmesh: fra1: nft refused the rules\n", 1));
  await expect(run(work, "fra1-apply")).rejects.toThrow(/^fra1: nft refused the rules$/);
  expect(gate.failures).toEqual([{ node: "fra1", step: "apply", reason: "fra1: nft refused the rules" }]);
  expect([...gate.applied]).toEqual([]);
  expect(told).toEqual(["begin fra1 apply", "end urn::fra1-apply"]);
});

test("one that says nothing of its failure is told of by its status", async () => {
  await expect(run(workWith(ends("", "", 124)).work, "fra1-key")).rejects.toThrow(
    "fra1: ended with status 124 and said nothing",
  );
});

test("one that does not end has failed, with how to go on", async () => {
  const { work, gate } = workWith(() => Promise.reject(new SshError("timeout", "fra1: no end of `x` after 70 s")));
  await expect(run(work, "fra1-install")).rejects.toThrow(
    /^fra1: no end of `x` after 70 s\n {4}fix: .*COMMAND_SECONDS/,
  );
  expect(gate.failures).toHaveLength(1);
});

test("one whose answer is refused has failed", async () => {
  const { work, gate } = workWith(ends("no key"));
  work.check("fra1-keypair1", (stdout) => (stdout === "no key" ? "fra1: that is no key" : undefined));
  await expect(run(work, "fra1-keypair1")).rejects.toThrow("fra1: that is no key");
  await run(work, "fra1-keypair2");
  expect(gate.failures.map(({ step }) => step)).toEqual(["keypair1"]);
});

test("a removal is done by what is remembered; what fails stays, and says how to give it up", async () => {
  const { work, runOnHost } = workWith(ends(""));
  await remove(work, inputs);
  expect(runOnHost.mock.calls).toEqual([[node, "timeout 60 remove fra1", { stdin: "", timeoutSeconds: 70 }]]);
  const failing = workWith(ends("", "fullmesh: fra1: no space left\n", 1)).work;
  await expect(remove(failing, inputs)).rejects.toThrow(/^fra1: no space left\n.*still on fra1.*gone: true/);
});

test("what was deployed without such a record is left to the provider", async () => {
  const { work, runOnHost } = workWith(ends(""));
  await remove(work, { connection: inputs.connection, create: "x", delete: "y" });
  expect(runOnHost.mock.calls).toEqual([]);
});

test("the time for all commands is a whole number of seconds, or not said", () => {
  expect([maxCommandSeconds(""), maxCommandSeconds("60")]).toEqual([undefined, 60]);
  for (const text of ["0", "-1", "1.5", "1m", "soon"]) expect(() => maxCommandSeconds(text)).toThrow("whole number");
});
