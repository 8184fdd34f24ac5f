import { FakeHost } from "./fakeHost";

/** What Debian's profile of swanctl lets it read, /etc/apparmor.d/usr.sbin.swanctl (5.9.8 and 6.0.1), of all that is not its own. */
const readable = ["/etc/strongswan.conf", "/etc/strongswan.d/", "/etc/swanctl/"];

const packages = ["charon-systemd", "strongswan-swanctl", "babeld", "nftables", "iputils-ping"];

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
  host.write("etc/os-release", 'ID=debian\nVERSION_ID="13"\n');
  host.install(
    { apply: "#!/bin/sh\n" },
    { "dpkg-query": `printf '%s:installed ' ${packages.join(" ")}`, "apt-get": "exit 1" },
  );
});

afterEach(() => {
  host.remove();
});

test("swanctl is told to read no settings that its AppArmor profile keeps it from", () => {
  const reads = host.swanctlSettings();
  expect(reads).toMatch(/^\//);
  expect(readable.filter((path) => reads.startsWith(path))).toHaveLength(1);
  expect(host.read(reads).replace(host.root, "")).toContain(
    "\ninclude /etc/strongswan.conf\nswanctl {\n  load = nonce\n}\n",
  );
});

test("nor any that are not there, as on a node that a former fullmesh was installed on", () => {
  host.removeFile(host.swanctlSettings());
  expect(host.swanctlSettings()).toBe("");
});
