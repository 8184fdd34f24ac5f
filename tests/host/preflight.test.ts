import { FakeHost } from "./fakeHost";

const host = new FakeHost("fra1");
const now = 1_800_000_000;

/** What programs say on a host that is fit, with the mesh on it. */
const fit = {
  date: `echo ${now}`,
  ip: `echo "192.0.2.9 from 198.51.100.1 dev eth0 src 198.51.100.1 uid 0"`,
  ss: "",
  "dpkg-query": `case $* in *{Version}*) echo "installed 6.0.1-6" ;; *) printf "%s:installed " "$@" ;; esac`,
  dpkg: `[ "$2" = 6.0.1-6 ]`,
  systemctl: "",
  df: `printf "head\\n/dev/vda1 1000000 1 20480 99%% /\\n"`,
};

beforeAll(() => {
  host.write("etc/os-release", 'ID=debian\nVERSION_ID="13"\n');
  host.write("etc/fullmesh/links.conf", "isolation none\nlink fm1-2 1 1400 fd00::1/64\n");
  host.write("var/lib/fullmesh/found-services", "");
});

afterAll(() => {
  host.remove();
});

function preflight(says: Partial<typeof fit>, deployerNow = now) {
  const connection = "192.0.2.9 50000 198.51.100.1 22";
  const { status, stderr } = host.preflight(["fra1", "4500", "none", String(deployerNow), connection, "ppk=5.7.0"], {
    ...fit,
    ...says,
  });
  return { status, problems: [...stderr.matchAll(/^fullmesh: fra1: (.*)$/gm)].map(([, problem]) => problem) };
}

test("a host on which all is well", () => {
  expect(preflight({})).toEqual({ status: 0, problems: [] });
});

test("clocks may differ by a minute", () => {
  expect(preflight({}, now + 60).status).toBe(0);
  expect(preflight({}, now - 60).status).toBe(0);
  expect(preflight({}, now + 61).problems).toEqual(["its clock is 61 s behind that of the machine you deploy from"]);
  expect(preflight({}, now - 7200).problems).toEqual([
    "its clock is 7200 s ahead of that of the machine you deploy from",
  ]);
});

test("where the mesh is switched off, nothing is deployed", () => {
  host.write("var/lib/fullmesh/switched-off", "");
  expect(preflight({}).problems).toEqual(["the mesh is switched off here"]);
  host.removeFile("var/lib/fullmesh/switched-off");
});

test("a login by way of a link of the mesh", () => {
  const { status, problems } = preflight({ ip: `echo "192.0.2.9 from 198.51.100.1 dev fm1-2 src 198.51.100.1 uid 0"` });
  expect(status).toBe(1);
  expect(problems).toEqual([
    "you are logged in from 192.0.2.9 by way of the overlay (fm1-2), which the deploy is about to change",
  ]);
});

test("all that is wrong is said at once, and nothing is changed", () => {
  const { status, problems } = preflight(
    {
      ip: "case $1 in link|xfrm) exit 1 ;; esac; echo 192.0.2.9 dev fm1-2 src",
      ss: `echo 'UNCONN 0 0 0.0.0.0:4500 0.0.0.0:* users:(("openvpn",pid=77,fd=3))'`,
      "dpkg-query": "",
      dpkg: "exit 1",
      systemctl: "exit 1",
    },
    now + 100,
  );
  expect(status).toBe(1);
  expect(
    problems.map((problem) =>
      problem
        ?.replace(/kernel \S+/, "kernel")
        .split(" ")
        .slice(0, 4)
        .join(" "),
    ),
  ).toEqual([
    "its clock is 100",
    "you are logged in",
    "the kernel cannot make",
    "the kernel cannot do",
    "UDP port 4500 is",
    "ppk needs strongSwan 5.7.0,",
    "only 20 MB are",
  ]);
  expect(host.calls().filter((call) => /^(apt-get|systemctl (?!is-|show))/.test(call))).toEqual([]);
});
