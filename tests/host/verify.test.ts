import { FakeHost } from "./fakeHost";

/** The script `verify`, on a node with two peers. */
let host: FakeHost;

const sa = (name: string, id: number, child: string): string =>
  `list-sa event {${name} {uniqueid=${id} version=2 state=ESTABLISHED local-id=O=lab, CN=fra1 child-sas {overlay-${id} {name=overlay uniqueid=${id} reqid=1 state=${child} spi-in=c${id} spi-out=d${id}}}}}\n`;
const neighbour = (link: string, rxcost = 96, txcost = 96): string =>
  `add neighbour 55 address fe80::2 if ${link} reach ffff ureach 0000 rxcost ${rxcost} txcost ${txcost} cost 96\n`;
const route = (prefix: string): string =>
  `add route 55 prefix ${prefix} from 0.0.0.0/0 installed yes id 02:00 metric 96 refmetric 0 via fe80::2 if fm200-nyc1\n`;

const expected =
  "link fm200-nyc1 nyc1 dial\nlink fm300-tyo1 tyo1 answer\nroute 10.42.0.2/32 nyc1\nroute 10.42.0.3/32 tyo1\n# for bundle 0f\n";
const good = {
  sas: sa("fm200-nyc1", 1, "INSTALLED") + sa("fm300-tyo1", 2, "INSTALLED"),
  babel: neighbour("fm200-nyc1") + neighbour("fm300-tyo1") + route("10.42.0.2/32") + route("10.42.0.3/32"),
};

beforeEach(() => {
  host = new FakeHost("fra1");
  host.write("etc/fullmesh/links.conf", "isolation none\n");
});

afterEach(() => {
  host.remove();
});

function verify(how: string, says: typeof good, lines = expected) {
  host.write("sas", says.sas);
  host.write("babel", says.babel);
  return host.verify(how, lines);
}

test("a mesh in which all is well", () => {
  const { status, stdout } = verify("0", good);
  expect([status, JSON.parse(stdout)]).toEqual([
    0,
    { node: "fra1", expected: 4, seconds: expect.any(Number) as number },
  ]);
});

test.each([
  ["no IKE_SA", { ...good, sas: sa("fm300-tyo1", 2, "INSTALLED") }, "nyc1 (fm200-nyc1) has no IKE_SA"],
  [
    "no CHILD_SA",
    { ...good, sas: good.sas.replace("INSTALLED", "CREATED") },
    "nyc1 (fm200-nyc1) has no CHILD_SA installed",
  ],
  [
    "a silent peer",
    { ...good, babel: good.babel.replace("rxcost 96", "rxcost 65535") },
    "nyc1 (fm200-nyc1) has a CHILD_SA, but babeld hears nothing",
  ],
  [
    "a deaf peer",
    { ...good, babel: good.babel.replace("txcost 96", "txcost 65535") },
    "nyc1 (fm200-nyc1) has a CHILD_SA and babeld hears the peer, but the peer does not hear us",
  ],
  [
    "a link that goes over two IKE_SAs",
    { ...good, sas: good.sas + sa("fm200-nyc1", 3, "INSTALLED") + sa("fm300-tyo1", 4, "INSTALLED") },
    "nyc1 (fm200-nyc1) has two IKE_SAs",
  ],
  [
    "no route",
    { ...good, babel: good.babel.replace(route("10.42.0.3/32"), "") },
    "tyo1 (10.42.0.3/32) is not in babel's routes",
  ],
])("%s is named when the time is up", (_, says, message) => {
  const { status, stderr } = verify("0", says);
  expect(status).toBe(1);
  expect(stderr).toContain("fullmesh: fra1: 1 of 4 links and routes are not good after 0 s:\n");
  expect(stderr).toContain(`    ${message}`);
});

/** What ping(8) answers to `-V`; to all else that it got no answer, or does not understand. */
const pings = {
  iputils: "#!/bin/sh\ncase $* in -V) echo ping from iputils 20221126 ;; *) exit 1 ;; esac\n",
  inetutils: "#!/bin/sh\ncase $* in -V) echo 'ping (GNU inetutils) 2.4' ;; *) exit 64 ;; esac\n",
  none: "#!/bin/sh\nexit 127\n",
};
const pinged = expected.replace("nyc1 dial", "nyc1 dial fe80::2");

test("a ping that is asked for must pass", () => {
  host.program("bin/ping", pings.iputils);
  expect(verify("0", good, pinged).stderr).toContain("a packet of the link's MTU does not get there and back");
  expect(verify("note", good, pinged).stdout).toBe("fm300-tyo1\n");
});

test.each(["inetutils", "none"] as const)("where ping(8) is that of %s, no link is called wrong for it", (kind) => {
  host.program("bin/ping", pings[kind]);
  const { status, stderr } = verify("0", good, pinged);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^fullmesh: fra1: there is no `ping` of iputils here, .*: apt-get install iputils-ping\n$/);
  expect(verify("note", good, pinged).stdout).toBe("fm200-nyc1\nfm300-tyo1\n");
  expect(verify("0", good).status).toBe(0);
});

test("the note has the links that are good, and goes when all are", () => {
  const half = { ...good, sas: sa("fm300-tyo1", 2, "INSTALLED") };
  expect(verify("note", half).stdout).toBe("fm300-tyo1\n");
  expect(verify("note", good).stdout).toBe("fm300-tyo1\n");
  expect(verify("0", good).status).toBe(0);
  expect(verify("note", good).stdout).toBe("fm200-nyc1\nfm300-tyo1\n");
});
