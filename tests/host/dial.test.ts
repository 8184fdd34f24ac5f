import { FakeHost } from "./fakeHost";

/** The script `dial` and what it asks of charon. This node dials nyc1, and is dialled by tyo1. */
let host: FakeHost;

const sa = (name: string, id: number, state = "ESTABLISHED", child = "INSTALLED"): string =>
  `list-sa event {${name} {uniqueid=${id} version=2 state=${state} local-id=O=lab, CN=fra1 child-sas {` +
  `${child === "" ? "" : `overlay-${id} {name=overlay uniqueid=${id} reqid=1 state=${child} spi-in=c${id} spi-out=d${id}}`}}}}\n`;

/** What was asked of charon, but for looking. */
const asked = (): readonly string[] => host.calls().filter((call) => /^swanctl --(initiate|terminate)/.test(call));

const begin = "swanctl --initiate --ike fm200-nyc1 --child overlay --timeout -1";
const end = (id: number): string => `swanctl --terminate --ike-id ${id} --timeout -1`;

beforeEach(() => {
  host = new FakeHost("fra1");
  host.write("etc/swanctl/conf.d/fm200-nyc1.conf", "connections {\n  fm200-nyc1 : fullmesh-dials {\n  }\n}\n");
  host.write("etc/swanctl/conf.d/fm300-tyo1.conf", "connections {\n  fm300-tyo1 : fullmesh-answers {\n  }\n}\n");
});

afterEach(() => {
  host.remove();
});

/** Notes what runs as stale, and forgets the calls. */
function stale(sas: string): void {
  host.write("sas", sas);
  expect(host.dial("stale", "fm200-nyc1 changed\nfm300-tyo1 revoked\n").status).toBe(0);
  host.calls();
}

test.each([
  ["there is none", "", [begin]],
  ["it has no child", sa("fm200-nyc1", 1, "ESTABLISHED", ""), [begin]],
  ["it is going", sa("fm200-nyc1", 1, "DELETING", ""), [begin]],
  ["it is on its way", sa("fm200-nyc1", 1, "CONNECTING", ""), []],
])("what is missing is begun where this side dials: %s", (_, sas, expected) => {
  host.write("sas", sas);
  expect(host.dial("missing", "").status).toBe(0);
  expect(asked().filter((call) => call.includes("--initiate"))).toEqual(expected);
});

test("what has been on its way for long is begun once more, with the settings of now", () => {
  host.write("sas", sa("fm200-nyc1", 7, "CONNECTING", ""));
  host.write("run/fullmesh/on-their-way", "7 0\n6 0\n");
  host.dial("missing", "");
  expect(asked()).toEqual([end(7), begin]);
  host.write("run/fullmesh/on-their-way", "");
  host.dial("missing", "");
  expect(host.read("run/fullmesh/on-their-way")).toMatch(/^7 \d+\n$/);
  expect(asked()).toEqual([]);
});

test.each([
  ["its keys", "policy src ::/0 dir out priority 1 if_id 0x200\nstate proto esp spi 0xc2 mode tunnel\n", true],
  ["its policy", "state proto esp spi 0xc1 mode tunnel\n", true],
  ["nothing", "policy src ::/0 dir out priority 1 if_id 0x200\nstate proto esp spi 0xc1 mode tunnel\n", false],
])("a link of which the kernel has lost %s is ended and begun", (_, xfrm, lost) => {
  host.write("etc/fullmesh/links.conf", "link fm200-nyc1 512 1400 fe80::1/64\n");
  host.write("xfrm", xfrm);
  host.write("sas", sa("fm200-nyc1", 1));
  host.dial("missing", "");
  expect(asked()).toEqual(lost ? [end(1), begin] : []);
});

test("of several that carry the last stays where this side dials, but for what is to be renewed", () => {
  const several = [9, 10, 8].map((id) => sa("fm200-nyc1", id) + sa("fm300-tyo1", id + 10)).join("");
  host.write("sas", several);
  host.dial("missing", "");
  expect([...asked()].sort()).toEqual([end(8), end(9)].sort());
  stale(sa("fm200-nyc1", 8) + sa("fm200-nyc1", 10));
  host.write("sas", several);
  host.dial("missing", "");
  expect(asked()).toEqual([]);
});

test("what runs on former settings is made anew by the side that dials, and ended when the new one carries", () => {
  stale(sa("fm200-nyc1", 1) + sa("fm300-tyo1", 2));
  const { stdout } = host.dial("renew", "", `cat >>sas <<'END'\n${sa("fm200-nyc1", 3)}END\n`);
  expect(asked()).toEqual([begin, end(1)]);
  expect(stdout).toBe("fm300-tyo1 2 revoked\n");
});

test("where the peer refuses, what runs goes on, and is tried again another time", () => {
  stale(sa("fm200-nyc1", 1));
  expect(host.dial("renew", "").stdout).toBe("fm200-nyc1 1 changed\n");
  expect(asked()).toEqual([begin]);
  host.dial("renew", "");
  expect(asked()).toEqual([begin]);
});

test("of several new ones the last stays", () => {
  stale(sa("fm200-nyc1", 1));
  host.write("sas", sa("fm200-nyc1", 1) + sa("fm200-nyc1", 9) + sa("fm200-nyc1", 10));
  expect(host.dial("renew", "").stdout).toBe("");
  expect([...asked()].sort()).toEqual([end(1), end(9)].sort());
});

test("what the side that dials does not make anew is ended when asked for, and nothing else", () => {
  stale(sa("fm200-nyc1", 1) + sa("fm300-tyo1", 2));
  host.dial("expel", "fm300-tyo1 2 revoked\n");
  expect(asked()).toEqual([end(2)]);
});

test("what is gone by itself is forgotten", () => {
  stale(sa("fm200-nyc1", 1));
  host.write("sas", sa("fm200-nyc1", 4));
  expect(host.dial("renew", "").stdout).toBe("");
  expect(asked()).toEqual([]);
});
