import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { FakeHost } from "./fakeHost";

/** The script `key`, on a host on which the daemons run. */
let host: FakeHost;

const pem = (text: string): string => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;
const mac = "0f".repeat(32);
const ppk = (id: string): string => `ppk ${id} ${"ab".repeat(32)}\n`;
const secrets = `babel-mac ${mac}\n${ppk("fullmesh-1-2")}${ppk("fullmesh-1-3")}private-key 1\n${pem("one")}`;
const file = (number: number): string => `etc/swanctl/private/fullmesh-${number}.pem`;

/** What the daemons were told. */
const told = (): readonly string[] =>
  host.calls().filter((call) => /^(swanctl|babel|systemctl (?!is-active))/.test(call));

/** A babeld that takes what it is told, or does not. */
const babeldTakes = (takes: boolean): void => {
  host.program(
    "usr/local/lib/fullmesh/babel",
    `#!/bin/sh\necho "babel $* $(cat)" >>${host.root}/calls\nexit ${takes ? 0 : 1}\n`,
  );
};

beforeEach(() => {
  host = new FakeHost("fra1");
  babeldTakes(true);
  expect(host.key(secrets)).toMatchObject({ status: 0, stderr: "" });
});

afterEach(() => {
  host.remove();
});

test("secrets are placed for root alone, and the daemons told", () => {
  expect(told()).toEqual([
    "swanctl --load-creds --clear --noprompt",
    "swanctl --load-conns",
    `babel say key id mesh type hmac-sha256 value ${mac}`,
  ]);
  expect(host.read(file(1))).toBe(pem("one"));
  expect(host.read("etc/fullmesh/babel-key.conf")).toBe(`key id mesh type hmac-sha256 value ${mac}\n`);
  expect(host.read("etc/swanctl/conf.d/fullmesh-ppk.conf")).toMatch(
    /^# Managed.*\nsecrets \{\n {2}ppk-fullmesh-1-2 \{\n {4}id = fullmesh-1-2\n {4}secret = 0x(ab){32}\n {2}\}\n {2}ppk-fullmesh-1-3 [^}]*\}\n\}\n$/,
  );
  for (const path of [file(1), "etc/fullmesh/babel-key.conf", "etc/swanctl/conf.d/fullmesh-ppk.conf"])
    expect(statSync(join(host.root, path)).mode & 0o777).toBe(0o600);
  expect(host.state()).toEqual(["record"]);
});

test("the same secrets again change nothing, but for a mode that somebody has changed", () => {
  told();
  chmodSync(join(host.root, file(1)), 0o644);
  expect(JSON.parse(host.key(secrets).stdout)).toEqual({
    node: "fra1",
    keyChanged: false,
    babelMacChanged: false,
    ppksChanged: false,
  });
  expect(told()).toEqual([]);
  expect(statSync(join(host.root, file(1))).mode & 0o777).toBe(0o600);
  expect(host.read("var/lib/fullmesh/record/secrets")).toMatch(/^(600 0:0 [0-9a-f]{64} \/.*\n){3}$/);
});

test("a key more, then another in place of the first, then one that the node has made itself", () => {
  host.key(`${secrets}private-key 2\n${pem("two")}`);
  expect([host.read(file(1)), host.read(file(2))]).toEqual([pem("one"), pem("two")]);
  host.key(secrets.replace(/private-key[^]*/, `private-key 2\n${pem("two")}private-key 3\n${pem("three")}`));
  expect([host.has(file(1)), host.read(file(2)), host.read(file(3))]).toEqual([false, pem("two"), pem("three")]);
  host.write(file(4), pem("born here"));
  told();
  host.key(secrets.replace(/private-key[^]*/, `own-key 4\nprivate-key 3\n${pem("three")}`));
  expect([host.has(file(2)), host.read(file(3)), host.read(file(4))]).toEqual([false, pem("three"), pem("born here")]);
  expect(told()).toEqual(["swanctl --load-creds --clear --noprompt", "swanctl --load-conns"]);
});

test("preshared keys go with the last of them, and the rest stays loaded", () => {
  told();
  expect(host.key(secrets.replace(/^ppk .*\n/gm, "")).stdout).toContain('"ppksChanged":true');
  expect(host.has("etc/swanctl/conf.d/fullmesh-ppk.conf")).toBe(false);
  expect(told()).toEqual(["swanctl --load-creds --noprompt"]);
});

test("a run that is killed before the daemons are told is completed by the next", () => {
  told();
  host.write("var/lib/fullmesh/todo-babel-key", "");
  expect(host.key(secrets).status).toBe(0);
  expect(told()).toEqual([`babel say key id mesh type hmac-sha256 value ${mac}`]);
  expect(host.state()).toEqual(["record"]);
});

test("another MAC key goes to the running babeld, which is restarted only if it does not take the key", () => {
  told();
  const [next, last] = ["1f".repeat(32), "2f".repeat(32)];
  expect(host.key(secrets.replace(mac, next)).stdout).toContain('"babelMacChanged":true');
  expect(told()).toEqual([`babel say key id mesh type hmac-sha256 value ${next}`]);
  babeldTakes(false);
  expect(host.key(secrets.replace(mac, last)).status).toBe(0);
  expect(told()).toEqual([
    `babel say key id mesh type hmac-sha256 value ${last}`,
    "systemctl restart fullmesh-babeld.service",
  ]);
});

test.each([
  ["no MAC key", secrets.replace(/^.*\n/, ""), "the first line on stdin is not `babel-mac` and 64 hexadecimal digits"],
  ["half a MAC key", secrets.replace("0f", ""), "the first line on stdin is not `babel-mac` and 64 hexadecimal digits"],
  ["no key", secrets.replace(/private-key[^]*/, ""), "there is no line `private-key` or `own-key` and number on stdin"],
  [
    "half a key",
    secrets.replace(/-----END.*\n/, ""),
    "what follows `private-key 1` on stdin is no private key in PKCS#8 PEM",
  ],
  [
    "a key without text",
    `${secrets}private-key 2\nown-key 1\n`,
    "what follows `private-key 2` on stdin is no private key in PKCS#8 PEM",
  ],
  [
    "a key that was made here and is gone",
    `${secrets}own-key 7\n`,
    "its key 7, which was made here, is not here any more",
  ],
])("%s is refused, and nothing is written", (_, refused, message) => {
  const before = host.etc();
  told();
  const { status, stderr } = host.key(refused);
  expect(status).toBe(1);
  expect(stderr).toContain(`fullmesh: fra1: ${message}`);
  expect(stderr).not.toMatch(/0f0f|abab|one/);
  expect(host.etc()).toEqual(before);
  expect(told()).toEqual([]);
});
