import { rmSync } from "node:fs";
import { join } from "node:path";
import { FakeHost } from "./fakeHost";

/** The script `install` on a host that lacks packages, and on one that has them. */
let host: FakeHost;

const packages = ["charon-systemd", "strongswan-swanctl", "babeld", "nftables", "iputils-ping"];
const scripts = { apply: "#!/bin/sh\n", links: "#!/bin/sh\n" };

/** What dpkg-query says where these packages are installed. */
const has = (installed: readonly string[]): string =>
  `case $* in *Status*) printf '%s:installed ' ${installed.join(" ")} ;; *) printf '%s\\n' ${installed.join(" ")} ;; esac`;

beforeEach(() => {
  host = new FakeHost("fra1");
  rmSync(join(host.root, "usr/local/lib/fullmesh"), { recursive: true });
  host.write("etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n');
});

afterEach(() => {
  host.remove();
});

test("where all packages are there, apt does not run, and dpkg is asked once", () => {
  for (const scriptsChanged of [true, false]) {
    const { status, stdout, stderr } = host.install(scripts, { "dpkg-query": has(packages), "apt-get": "exit 1" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({ node: "fra1", scriptsChanged, packages: "" });
    const calls = host.calls();
    expect(calls.filter((call) => /^(apt|dpkg)/.test(call))).toEqual([
      expect.stringMatching(/^dpkg-query -W .*charon-systemd strongswan-swanctl babeld nftables iputils-ping$/),
    ]);
  }
  expect(host.read("usr/local/lib/fullmesh/apply")).toBe(scripts.apply);
  expect(host.read("var/lib/fullmesh/record/scripts")).toMatch(
    /^755 0:0 [0-9a-f]{64} .*\/fullmesh\/apply\n755 .*\/links\n$/,
  );
  expect(host.read("etc/systemd/system/fullmesh-recovery.service")).toMatch(
    /^# Managed by fullmesh: .*\n\[Unit\]\n[^]*\nWantedBy=multi-user.target\n$/,
  );
});

test("those that are missing are installed, while charon is kept from starting, and remembered", () => {
  const { root } = host;
  const install = `case $* in *install*) ls ${root}/run/systemd/system ${root}/etc/systemd/system; touch ${root}/installed ;; esac`;
  const { stdout, stderr } = host.install(scripts, {
    "dpkg-query": `if [ -e ${root}/installed ]; then ${has([...packages, "libnftnl11"])}; else ${has(["babeld", "nftables", "iputils-ping"])}; fi`,
    "apt-get": install,
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ packages: "charon-systemd strongswan-swanctl" });
  expect(host.calls().filter((call) => call.startsWith("apt-get"))).toEqual([
    expect.stringMatching(/ update$/),
    expect.stringMatching(/ install -y --no-remove --no-install-recommends charon-systemd strongswan-swanctl$/),
  ]);
  expect(host.read("var/log/fullmesh-install.log")).toContain("strongswan.service");
  expect(host.has("run/systemd/system/strongswan.service")).toBe(false);
  expect(host.read("var/lib/fullmesh/installed-packages")).toBe("charon-systemd\nstrongswan-swanctl\nlibnftnl11\n");
});

test("where apt fails, its last words are told", () => {
  const { status, stderr } = host.install(scripts, {
    "dpkg-query": "case $* in *Status*) exit 1 ;; esac",
    "apt-get": "echo E: no such host; exit 100",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^fullmesh: fra1: apt-get could not install charon-systemd .*\nE: no such host\n/);
  expect(host.has("usr/local/lib/fullmesh")).toBe(false);
});

test("apt asks nothing, and has no services of the host's own restarted", () => {
  const { root } = host;
  const { status } = host.install(scripts, {
    "dpkg-query": `if [ -e ${root}/installed ]; then ${has(packages)}; else case $* in *Status*) exit 1 ;; esac; fi`,
    "apt-get": `case $* in *install*) echo "$DEBIAN_FRONTEND $NEEDRESTART_SUSPEND $*" >${root}/installed ;; esac`,
  });
  expect(status).toBe(0);
  expect(host.read("installed")).toMatch(
    /^noninteractive 1 .*-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install /,
  );
});

test("where one of apt's sources fails, the packages are taken from the others", () => {
  const { root } = host;
  const { status, stderr } = host.install(scripts, {
    "dpkg-query": `if [ -e ${root}/installed ]; then ${has(packages)}; else case $* in *Status*) exit 1 ;; esac; fi`,
    "apt-get": `case $* in *install*) touch ${root}/installed ;; *) echo "E: The repository 'https://ppa.example.net noble Release' no longer has a Release file."; exit 100 ;; esac`,
  });
  expect([status, stderr]).toEqual([0, ""]);
});

/** An apt-get that finds the lock of the package lists held, as often as there are lines in the file `held`, and then installs. */
const held = (root: string): string => `
  case $* in *install*) touch ${root}/installed; exit ;; esac
  [ -s ${root}/held ] || exit 0
  sed -i 1d ${root}/held
  echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (unattended-upgr)"
  exit 100`;

test.each([
  ["is free again after a while", 3, ""],
  [
    "stays held",
    1000,
    "fullmesh: fra1: apt-get could not install charon-systemd strongswan-swanctl babeld nftables iputils-ping: for 120 s, another program has had a lock\n" +
      "    E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (unattended-upgr)\n" +
      "    fix: wait until that process has ended, and deploy again\n",
  ],
])("a lock of apt that %s is waited for", (_, times, said) => {
  host.write("held", "\n".repeat(times));
  const { status, stderr } = host.install(scripts, {
    "dpkg-query": `if [ -e ${host.root}/installed ]; then ${has(packages)}; else case $* in *Status*) exit 1 ;; esac; fi`,
    "apt-get": held(host.root),
    sleep: "",
  });
  expect([status, stderr]).toEqual([said === "" ? 0 : 1, said]);
  const seconds = host.calls().flatMap((call) => (call.startsWith("sleep ") ? [Number(call.slice(6))] : []));
  expect(seconds.reduce((sum, some) => sum + some, 0)).toBe(said === "" ? 9 : 120);
});

test("what else apt says of a lock long ago is not taken for the reason", () => {
  host.write(
    "var/log/fullmesh-install.log",
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt)\n",
  );
  const { stderr } = host.install(scripts, {
    "dpkg-query": "case $* in *Status*) exit 1 ;; esac",
    "apt-get": "echo E: no such host; exit 100",
    sleep: "",
  });
  expect(stderr).toMatch(/the end of its output .*\n[^]*E: no such host\n/);
  expect(host.calls().filter((call) => call.startsWith("sleep"))).toEqual([]);
});
