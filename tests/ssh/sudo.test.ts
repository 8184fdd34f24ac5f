import { runOnHost } from "../../ssh/runOnHost";
import { accessWith, keyPair, knownAt, nodeAt, sshHost, type Answer, type TestHost } from "./testHost";

/** What sudo says of itself is about a refusal only where it refuses: else the command ran, and its own words count. */

const client = keyPair();
const warning = "sudo: unable to resolve host fra1: Name or service not known\n";
let host: TestHost | undefined;

afterEach(() => host?.close());

async function run(answer: Answer) {
  host = await sshHost(client.public, answer);
  const access = accessWith(client.private, knownAt(host.port, host.hostKey));
  return runOnHost(nodeAt(host.port, "operator"), access, "sh -s fra1", { timeoutSeconds: 60 });
}

/** A host where sudo runs what it is given, and that fails. */
function failing(stderr: string): Answer {
  return (command) => (command === "sudo -n sh -s fra1" ? { stderr, status: 1 } : { stderr: warning, status: 0 });
}

/** A host where sudo runs nothing. */
function refusing(stderr: string, status = 1): Answer {
  return () => ({ stderr, status });
}

test("a warning of sudo's is no refusal, and does not hide what the command says", async () => {
  expect(await run(failing(`${warning}fullmesh: no space left\n`))).toMatchObject({
    status: 1,
    stderr: "fullmesh: no space left\n",
  });
});

test("what sudo alone says is kept: it may be why the command failed", async () => {
  const stderr = "sudo: sh: command not found\n";
  expect(await run(failing(stderr))).toMatchObject({ status: 1, stderr });
});

test.each([
  [
    "a password",
    "sudo: a password is required\n",
    /\(sudo: a password is required\)[^]*operator ALL=\(ALL\) NOPASSWD: ALL/,
  ],
  [
    "in another language, after a warning",
    `${warning}sudo: Ein Passwort ist notwendig\n`,
    /Ein Passwort ist notwendig[^]*NOPASSWD/,
  ],
  [
    "a user who is not in sudoers",
    "operator is not in the sudoers file.\n",
    /\(operator is not in the sudoers file\.\)[^]*NOPASSWD/,
  ],
  [
    "a user who may do something else",
    "Sorry, user operator is not allowed to execute '/bin/sh -s fra1' as root on fra1.\n",
    /is not allowed to execute[^]*NOPASSWD/,
  ],
  [
    "a terminal",
    "sudo: sorry, you must have a tty to run sudo\n",
    /a tty[^]*fix: [^]*'Defaults:operator !requiretty' > \/etc\/sudoers\.d\//,
  ],
])("sudo refuses: %s", async (_what, stderr, message) => {
  await expect(run(refusing(stderr))).rejects.toMatchObject({
    cause: "not-root",
    message: expect.stringMatching(message) as string,
  });
});

test("a host without sudo", async () => {
  await expect(run(refusing("bash: line 1: sudo: command not found\n", 127))).rejects.toMatchObject({
    cause: "not-root",
    message: expect.stringMatching(/sudo: command not found\)[^]*fix: .*apt-get install sudo/) as string,
  });
});

test("a connection that breaks after the command failed does not hide why that failed", async () => {
  const answer: Answer = (command) => {
    if (command !== "sudo -n true") return { stderr: "fullmesh: no space left\n", status: 1 };
    host?.dropAll();
    return undefined;
  };
  expect(await run(answer)).toMatchObject({ status: 1, stderr: "fullmesh: no space left\n" });
});
