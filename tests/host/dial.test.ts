import { FakeHost } from "./fakeHost";

/** The script `dial` and what it asks of charon. This node dials nyc1, and is dialled by tyo1. */
let host: FakeHost;

/** Names in charon: with the keys k1 and k2 of nyc1, of which k2 is in use, and one of tyo1; with the settings of now and with others. */
const names = {
  nyc1: "fm200-nyc1_0000000b_00000001",
  nyc1Accepted: "fm200-nyc1_0000000a_00000001",
  nyc1Former: "fm200-nyc1_0000000b_00000002",
  nyc1Revoked: "fm200-nyc1_0000000c_00000001",
  nyc1Unnamed: "fm200-nyc1",
  tyo1: "fm300-tyo1_0000000d_00000003",
  tyo1Former: "fm300-tyo1_0000000d_00000004",
  sao1Gone: "fm400-sao1_0000000e_00000005",
} as const;

const sa = (name: keyof typeof names, id: number, state = "ESTABLISHED", child = "INSTALLED"): string =>
  `list-sa event {${names[name]} {uniqueid=${id} version=2 state=${state} local-id=O=lab, CN=fra1 remote-host=192.0.2.12 remote-id=O=lab, CN=nyc1 child-sas {` +
  `${child === "" ? "" : `overlay-${id} {name=overlay uniqueid=${id} reqid=1 state=${child} spi-in=c${id} spi-out=d${id}}`}}}}\n`;

/** What was asked of charon, but for looking. */
const asked = (): readonly string[] => host.calls().filter((call) => /^swanctl --(initiate|terminate)/.test(call));

const initiate = (name: keyof typeof names): string =>
  `swanctl --initiate --ike ${names[name]} --child overlay --timeout -1`;
const begin = initiate("nyc1");
const end = (id: number): string => `swanctl --terminate --ike-id ${id} --timeout -1`;
const revoke = (name: keyof typeof names): string => `swanctl --terminate --ike ${names[name]} --force --timeout 1`;

const file = (name: string, role: string, ...charonNames: readonly string[]): string =>
  `${name} : fullmesh-${role} {\n}\nconnections {\n${charonNames.map((each) => `  ${each} : ${name} {\n  }\n`).join("")}}\n`;

beforeEach(() => {
  host = new FakeHost("fra1");
  host.write("etc/swanctl/conf.d/fm200-nyc1.conf", file("fm200-nyc1", "dials", names.nyc1, names.nyc1Accepted));
  host.write("etc/swanctl/conf.d/fm300-tyo1.conf", file("fm300-tyo1", "answers", names.tyo1));
});

afterEach(() => {
  host.remove();
});

test.each([
  ["there is none", "", [begin]],
  ["it has no child", sa("nyc1", 1, "ESTABLISHED", ""), [begin]],
  ["it is going", sa("nyc1", 1, "DELETING", ""), [begin]],
  ["it is on its way", sa("nyc1", 1, "CONNECTING", ""), []],
])("what is missing is begun where this side dials: %s", (_, sas, expected) => {
  host.write("sas", sas);
  expect(host.dial("missing", "").status).toBe(0);
  expect(asked().filter((call) => call.includes("--initiate"))).toEqual(expected);
});

test("what has been on its way for long is begun once more, with the settings of now", () => {
  host.write("sas", sa("nyc1", 7, "CONNECTING", ""));
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
  host.write("sas", sa("nyc1", 1));
  host.dial("missing", "");
  expect(asked()).toEqual(lost ? [end(1), begin] : []);
});

test("of several that carry the last stays where this side dials, but for what is to be renewed", () => {
  const several = [9, 10, 8].map((id) => sa("nyc1", id) + sa("tyo1", id + 10)).join("");
  host.write("sas", several);
  host.dial("missing", "");
  expect([...asked()].sort()).toEqual([end(8), end(9)].sort());
  host.write("sas", sa("nyc1Former", 8) + sa("nyc1", 9) + sa("nyc1Former", 10));
  host.dial("missing", "");
  expect(asked()).toEqual([]);
});

test("a peer has as many CHILD_SAs as a link needs, and not as many as it asks for", () => {
  const child = (id: number): string => `overlay-${id} {name=overlay uniqueid=${id} state=INSTALLED spi-in=c${id}} `;
  const withChildren = (name: "nyc1" | "tyo1", id: number, count: number): string =>
    sa(name, id).replace(
      "child-sas {",
      `child-sas {${Array.from({ length: count - 1 }, (_, n) => child(n + 100)).join("")}`,
    );
  host.write("sas", withChildren("nyc1", 1, 8) + withChildren("tyo1", 2, 9));
  host.dial("missing", "");
  expect(asked()).toEqual([end(2)]);
});

test("where two keys are accepted, an attempt is for the one or the other", () => {
  host.write("sas", "");
  for (const name of ["nyc1", "nyc1Accepted", "nyc1"] as const) {
    host.dial("missing", "");
    expect(asked()).toEqual([initiate(name)]);
  }
});

test.each(["nyc1Former", "nyc1Accepted", "nyc1Unnamed"] as const)(
  "what was made as %s is made anew by the side that dials, and ended when the new one carries",
  (name) => {
    host.write("sas", sa(name, 1) + sa("tyo1Former", 2));
    const { stdout } = host.dial("renew", "", `cat >>sas <<'END'\n${sa("nyc1", 3)}END\n`);
    expect(asked()).toEqual([begin, end(1)]);
    expect(stdout).toBe("fm300-tyo1 2\n");
  },
);

test("a rekeyed one is what it was made as, whatever its number", () => {
  host.write("sas", sa("nyc1Former", 1));
  host.dial("renew", "");
  host.calls();
  host.write("sas", sa("nyc1Former", 7));
  expect(host.dial("renew", "").stdout).toBe("fm200-nyc1 7\n");
  expect(asked()).toEqual([begin]);
});

test("where the peer refuses, what runs goes on, and is tried again another time", () => {
  host.write("sas", sa("nyc1Former", 1));
  expect(host.dial("renew", "").stdout).toBe("fm200-nyc1 1\n");
  expect(asked()).toEqual([begin]);
  host.dial("renew", "");
  expect(asked()).toEqual([begin]);
});

test("of several new ones the last stays", () => {
  host.write("sas", sa("nyc1Former", 1) + sa("nyc1", 9) + sa("nyc1", 10));
  expect(host.dial("renew", "").stdout).toBe("");
  expect([...asked()].sort()).toEqual([end(1), end(9)].sort());
});

test("what the side that dials does not make anew is ended when asked for, and nothing else", () => {
  host.write("sas", sa("nyc1Former", 1) + sa("tyo1Former", 2) + sa("tyo1", 3));
  host.dial("expel", "fm300-tyo1 2\n");
  expect(asked()).toEqual([end(2)]);
});

test("where a peer has moved, what leads to another address is made anew, until nothing does", () => {
  host.write("run/fullmesh/moved", "fm200-nyc1 192.0.2.99\nfm300-tyo1 192.0.2.12\n");
  host.write("sas", sa("nyc1", 1) + sa("tyo1", 2));
  const moved = sa("nyc1", 3).replace("192.0.2.12", "192.0.2.99");
  host.dial("renew", "", `cat >>sas <<'END'\n${moved}END\n`);
  expect(asked()).toEqual([begin, end(1)]);
  host.write("sas", moved);
  expect(host.dial("renew", "").stdout).toBe("");
  expect(host.read("run/fullmesh/moved")).toBe("");
});

/** Terminates as charon does. */
const obey = 'shift 2; grep -v "{$1 " sas >left; mv left sas';

test("what was made with a key that is not accepted is terminated by name, and so is what there is of no connection", () => {
  host.write(
    "sas",
    sa("nyc1", 1) + sa("nyc1Revoked", 2) + sa("nyc1Revoked", 3, "CONNECTING", "") + sa("sao1Gone", 4) + sa("tyo1", 5),
  );
  expect(host.dial("revoke", "", "", obey)).toMatchObject({ status: 0, stderr: "" });
  expect(asked()).toEqual([revoke("nyc1Revoked"), revoke("sao1Gone")]);
});

test("by itself, the node terminates what was made with a key that is not accepted, whenever it looks", () => {
  host.write("sas", sa("nyc1", 1) + sa("nyc1Revoked", 2) + sa("sao1Gone", 4));
  host.dial("missing", "", "", obey);
  expect(asked()).toEqual([revoke("nyc1Revoked")]);
});

test("one that a rekeying has hidden from a look is found by the next", () => {
  host.write("sas", sa("nyc1Revoked", 2));
  // The first time, another is there afterwards, and the next look does not show it.
  const evade = `if [ -e evaded ]; then : >sas; else : >sas; echo hidden >evaded; fi`;
  const show = `if [ "$(cat evaded 2>/dev/null)" = hidden ]; then echo shown >evaded; cat <<'END' >sas
${sa("nyc1Revoked", 3)}END
fi`;
  host.dial("revoke", "", "", evade, show);
  expect(asked()).toEqual([revoke("nyc1Revoked"), revoke("nyc1Revoked")]);
});

test("what does not end is named", () => {
  host.write("sas", sa("nyc1Revoked", 2));
  const { status, stderr } = host.dial("revoke", "");
  expect(status).toBe(1);
  expect(stderr).toContain(`these were made with a key that is not accepted, and do not end: ${names.nyc1Revoked}`);
});
