import { half, healthWith, link, replacing, without } from "./threeNodes";

describe("all well", () => {
  const health = healthWith();

  test("the mesh is healthy, another tunnel of the operator's notwithstanding", () => {
    expect(health.nodes.flatMap(({ problems }) => problems)).toEqual([]);
    expect(health.links.flatMap(({ reasons }) => reasons)).toEqual([]);
    expect(health.healthy).toBe(true);
    expect(health.counts).toEqual({
      nodes: 3,
      healthyNodes: 3,
      answeringNodes: 3,
      unmanagedNodes: 0,
      links: 3,
      up: 3,
      half: 0,
      down: 0,
      unknown: 0,
    });
  });

  test("found is as expected", () => {
    expect(health.nodes[0]).toMatchObject({
      os: "debian 12",
      connections: { expected: 2, found: 2 },
      securityAssociations: { expected: 2, found: 2 },
      neighbours: { expected: 2, found: 2 },
      routes: { expected: 4, found: 4 },
    });
  });

  test("a link's figures are those of its ends", () => {
    expect(link(health, "fra1", "nyc1")).toMatchObject({ dialler: "nyc1", verdict: "up", rttMs: 80.412 });
    expect(half(health, "fra1", "nyc1")).toMatchObject({
      initiates: false,
      ike: { state: "ESTABLISHED", ageSeconds: 192, rekeyInSeconds: 13808, count: 1 },
      child: { state: "INSTALLED", ageSeconds: 192, bytesIn: 18432, bytesOut: 1310720, count: 1 },
      babel: { hears: true, heard: true, reach: "ffff", cost: 377 },
      interface: { up: true, mtuBytes: 1438, expectedMtuBytes: 1438 },
      route4: { kind: "direct", metric: 377 },
    });
  });

  test("a detour that babel finds cheaper is no fault", () => {
    expect(half(health, "fra1", "tyo1")).toMatchObject({
      verdict: "up",
      route4: { kind: "via", node: "nyc1", metric: 940 },
      route6: { kind: "via", node: "nyc1", metric: 940 },
    });
  });
});

test("a security association on one side only is half a link", () => {
  const silent = without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /);
  const health = healthWith({ nyc1: silent, tyo1: without(/^add neighbour .* if fm200-nyc1 /) });
  expect(link(health, "nyc1", "tyo1")).toMatchObject({
    verdict: "half",
    reasons: ["nyc1 has no IKE_SA with tyo1", "tyo1 has not heard babel of nyc1"],
    halves: [{ verdict: "down" }, { verdict: "half" }],
  });
  expect(health.healthy).toBe(false);
});

test("a neighbour that is gone beside one that works does no harm", () => {
  const stale =
    "add neighbour 1f address fe80::bad if fm200-nyc1 reach 0000 ureach 0000 rxcost 65535 txcost 65535 cost 65535";
  const health = healthWith({ fra1: replacing(/(?=^add neighbour )/m, `${stale}\n`) });
  expect(half(health, "fra1", "nyc1")).toMatchObject({ verdict: "up", reasons: [] });
});

test("one silent direction is half a link, seen from both ends", () => {
  const health = healthWith({
    nyc1: replacing(/(if fm300-tyo1 .* txcost) 96/, "$1 65535"),
    tyo1: replacing(/(if fm200-nyc1) reach ffff ureach 0000 rxcost 96/, "$1 reach 0000 ureach 0000 rxcost 65535"),
  });
  expect(link(health, "nyc1", "tyo1")).toMatchObject({
    verdict: "half",
    reasons: ["tyo1 does not hear nyc1 (txcost 65535)", "tyo1 does not hear nyc1 (reach 0000, rxcost 65535)"],
  });
  expect(link(health, "fra1", "tyo1").verdict).toBe("up");
});

test("no security association on either side is down, and traffic may still find a way", () => {
  const health = healthWith({
    fra1: without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /),
    tyo1: without(/^list-sa event \{fm100-fra1|^add neighbour .* if fm100-fra1 /),
  });
  expect(link(health, "fra1", "tyo1")).toMatchObject({
    verdict: "down",
    reasons: ["fra1 has no IKE_SA with tyo1, which it should dial", "tyo1 has no IKE_SA with fra1"],
  });
  expect(half(health, "fra1", "tyo1").route4).toMatchObject({ kind: "via", node: "nyc1" });
  expect(health.nodes.map(({ healthy }) => healthy)).toEqual([true, true, true]);
});

test("associations that carry nothing either way are down", () => {
  const health = healthWith({
    fra1: (text) =>
      replacing(/(fm300-tyo1 .*)bytes-in=36864/, "$1bytes-in=0")(without(/^add neighbour .* if fm300-tyo1 /)(text)),
    tyo1: without(/^add neighbour .* if fm100-fra1 /),
  });
  expect(link(health, "fra1", "tyo1")).toMatchObject({
    verdict: "down",
    reasons: ["fra1 has not heard babel of tyo1, and not one byte has come in", "tyo1 has not heard babel of fra1"],
  });
});

test("an association that is not through yet", () => {
  const health = healthWith({
    fra1: replacing(
      /fm300-tyo1 (\{.*) state=ESTABLISHED(.*) established=.*$/m,
      "fm300-tyo1 $1 state=CONNECTING$2 child-sas {}}}",
    ),
  });
  expect(half(health, "fra1", "tyo1")).toMatchObject({ ike: { state: "CONNECTING", ageSeconds: null }, child: null });
  expect(half(health, "fra1", "tyo1").reasons).toContain("fra1 is not through to tyo1: its IKE_SA is CONNECTING");
});

test("a connection that is not loaded", () => {
  const health = healthWith({ nyc1: without(/^list-(sa|conn) event \{fm300-tyo1/) });
  expect(half(health, "nyc1", "tyo1").reasons).toContain("connection fm300-tyo1 is not loaded on nyc1");
  expect(health.nodes[1]?.connections).toEqual({ expected: 2, found: 1 });
});

describe("a node that does not answer", () => {
  const health = healthWith({ tyo1: "tyo1: root@192.0.2.13 port 22 did not answer within 10 s." });

  test("is named with its cause", () => {
    expect(health.nodes[2]).toMatchObject({
      healthy: false,
      unreachable: { cause: "unreachable" },
      problems: ["tyo1: root@192.0.2.13 port 22 did not answer within 10 s."],
      connections: { expected: 2, found: null },
    });
    expect(health.healthy).toBe(false);
  });

  test("leaves the judgement of its links to the others", () => {
    expect(link(health, "fra1", "tyo1")).toMatchObject({
      verdict: "up",
      halves: [{ verdict: "up" }, { verdict: "unknown", reasons: ["tyo1 does not answer over SSH (unreachable)"] }],
    });
    expect(health.counts).toMatchObject({ answeringNodes: 2, up: 3 });
  });

  test("a link of two such nodes is unknown", () => {
    expect(link(healthWith({ fra1: "gone", tyo1: "gone" }), "fra1", "tyo1").verdict).toBe("unknown");
  });

  test("a link that the other end finds dead is down", () => {
    const dead = healthWith({ tyo1: "gone", fra1: without(/^add neighbour .* if fm300-tyo1 /) });
    expect(link(dead, "fra1", "tyo1").verdict).toBe("down");
  });
});

test("associations that are there twice are named, and the mesh is not healthy, though the link is up", () => {
  const health = healthWith({
    fra1: replacing(
      /^(list-sa event \{fm300-tyo1 .*)$/m,
      "$1\nlist-sa event {fm300-tyo1 {uniqueid=9 version=2 state=ESTABLISHED established=30 child-sas {overlay-9 {name=overlay uniqueid=9 state=INSTALLED if-id-in=00000300 bytes-in=7 bytes-out=8 install-time=30}}}}",
    ),
  });
  expect(link(health, "fra1", "tyo1")).toMatchObject({
    verdict: "up",
    warnings: [
      "fra1 has 2 IKE_SAs instead of 1 (#2, #9) with tyo1",
      "fra1 has 2 CHILD_SAs instead of 1 (#2, #9) with tyo1",
    ],
  });
  expect(half(health, "fra1", "tyo1")).toMatchObject({
    ike: { ageSeconds: 30, count: 2 },
    child: { bytesIn: 7, count: 2 },
  });
  expect(health.healthy).toBe(false);
});

test("the two associations of a rekeying are no duplicates", () => {
  const health = healthWith({
    fra1: replacing(
      /(fm300-tyo1 .*)state=INSTALLED(.*) (local-ts=.*)\}\}\}\}$/m,
      "$1state=REKEYED$2 $3} overlay-5 {name=overlay uniqueid=5 state=INSTALLED if-id-in=00000300 bytes-in=1 bytes-out=1 install-time=0 $3}}}}",
    ),
  });
  expect(health.healthy).toBe(true);
  expect(half(health, "fra1", "tyo1").child).toMatchObject({ ageSeconds: 0, count: 1 });
});

test("an interface that is missing, down, too small or numbered wrongly", () => {
  const reasons = (change: (text: string) => string) => half(healthWith({ fra1: change }), "fra1", "tyo1").reasons;
  expect(reasons(replacing(/"ifname":"fm300-tyo1"/, '"ifname":"other"'))).toEqual([
    "there is no interface fm300-tyo1 on fra1",
  ]);
  expect(reasons(replacing(/("fm300-tyo1","flags":\["NOARP"),"UP"/, "$1"))).toEqual([
    "interface fm300-tyo1 on fra1 is down",
  ]);
  expect(reasons(replacing(/("fm300-tyo1".*)"mtu":1438/, '$1"mtu":1500'))).toEqual([
    "interface fm300-tyo1 on fra1 has MTU 1500 instead of 1438",
  ]);
  expect(reasons(replacing(/"if_id":"0x300"/, '"if_id":"0x301"'))).toEqual([
    "interface fm300-tyo1 on fra1 has if_id 0x301 instead of 0x300",
  ]);
});

test("what carries our names but is not in the plan", () => {
  const health = healthWith({
    nyc1: replacing(/list-conns reply/, "list-conn event {fm400-old1 {children {}}}\nlist-conns reply"),
  });
  expect(health.nodes[1]).toMatchObject({
    healthy: false,
    unexpected: ["connection fm400-old1"],
    problems: ["not in the plan: connection fm400-old1"],
  });
});

test("a missing overlay route", () => {
  const health = healthWith({ fra1: replacing(/"dst":"10.42.0.3"/, '"type":"unreachable","dst":"10.42.0.3"') });
  expect(health.nodes[0]).toMatchObject({
    problems: ["no overlay route to tyo1 (IPv4)"],
    routes: { expected: 4, found: 3 },
  });
  expect(half(health, "fra1", "tyo1")).toMatchObject({ route4: { kind: "none" }, route6: { kind: "via" } });
});

const silent = `\n== rules\n== deviations\n== sas\n-- swanctl: Connection refused\n== conns\n-- swanctl: Connection refused\n== babel\n-- perl: No such file\n== links\n[]\n== routes4\n[]\n== routes6\n[]\n`;

function unit(name: string, load: string, active: string): string {
  return `\nId=${name}.service\nLoadState=${load}\nActiveState=${active}\nNRestarts=5\n`;
}

test("a node whose daemons are gone", () => {
  const services = [
    unit("strongswan", "loaded", "failed"),
    unit("fullmesh-babeld", "loaded", "inactive"),
    unit("fullmesh-links", "loaded", "active"),
    unit("fullmesh-firewall", "loaded", "active"),
  ];
  const health = healthWith({ fra1: () => `== services\n${services.join("")}${silent}` });
  expect(health.nodes[0]?.problems).toEqual([
    "connections cannot be read: swanctl: Connection refused",
    "strongswan.service is failed instead of active",
    "fullmesh-babeld.service is inactive instead of active",
    "no overlay route to nyc1 (IPv4, IPv6)",
    "no overlay route to tyo1 (IPv4, IPv6)",
  ]);
  expect(half(health, "fra1", "nyc1")).toMatchObject({
    verdict: "down",
    reasons: ["there is no interface fm200-nyc1 on fra1", "charon does not run on fra1", "babeld does not run on fra1"],
  });
});

test("daemons that run and do not answer", () => {
  const health = healthWith({
    fra1: replacing(/== sas\n[^=]*(?:=(?!= )[^=]*)*== conns/, "== sas\n-- swanctl: no answer within 5 s\n\n== conns"),
  });
  expect(half(health, "fra1", "nyc1").reasons).toEqual(["charon on fra1 does not tell: swanctl: no answer within 5 s"]);
});

test("a node that was switched off says so, and nothing else", () => {
  const health = healthWith({ fra1: () => `== off\nyes\n${silent}` });
  const [fra1] = health.nodes;
  expect(fra1?.problems).toEqual(["the mesh is switched off here\nfix: npx fullmesh start fra1"]);
  expect(fra1?.healthy).toBe(false);
  expect(link(health, "fra1", "nyc1").reasons).toContain("the mesh is switched off on fra1");
});

test("a node that was switched off, open, says what that means", () => {
  const [fra1] = healthWith({ fra1: () => `== off\nyes\nopen\n${silent}` }).nodes;
  expect(fra1?.problems).toEqual([
    "the mesh is switched off here, and what is for the overlay may leave in clear\nfix: npx fullmesh start fra1",
  ]);
});

test("rules that something else has emptied or changed, though their unit is active", () => {
  const problems = (line: string): readonly string[] | undefined =>
    healthWith({ fra1: replacing(/== rules\n/, `== rules\n${line}\n`) }).nodes[0]?.problems;
  expect(problems("rules missing")).toEqual([
    "the nftables rules of the mesh are missing: something else has emptied nftables, and the node loads them again within 30 s",
  ]);
  expect(problems("rules changed")).toEqual([
    "the nftables rules of the mesh are changed: something else has changed them, and the node loads them again within 30 s",
  ]);
  expect(problems("")).toEqual([]);
});

test("interfaces, routes and kernel settings that are other than deployed are told together, the first of them", () => {
  const problems = (...lines: readonly string[]): readonly string[] | undefined =>
    healthWith({ fra1: replacing(/== deviations\n/, `== deviations\n${lines.join("\n")}\n`) }).nodes[0]?.problems;
  const said = "not as deployed, and restored by the node within 30 s: ";
  expect(problems("sysctl net/ipv4/conf/all/rp_filter 2 0", "uplink eth1 ip4 rule")).toEqual([
    `${said}the kernel setting net/ipv4/conf/all/rp_filter is 2 instead of 0; the policy rule of the uplink eth1 (ip4) is missing`,
  ]);
  expect(problems(...["1", "2", "3", "4", "5"].map((n) => `ip route add unreachable 10.${n}.0.0/16 metric 7`))).toEqual(
    [
      `${said}there is no unreachable route to 10.1.0.0/16; there is no unreachable route to 10.2.0.0/16; there is no unreachable route to 10.3.0.0/16; 2 more (npx fullmesh drift)`,
    ],
  );
  const made = ["ip link add name fm200-nyc1 type xfrm if_id 512", "ip link set dev fm200-nyc1 up"];
  expect(problems(...made, "sysctl net/ipv4/conf/fm200-nyc1/rp_filter 2 0")).toEqual([
    `${said}the interface fm200-nyc1 is missing`,
  ]);
  expect(problems("hm", "constructor x")).toEqual([]);
});

test("a host that was reinstalled", () => {
  const services = ["strongswan", "fullmesh-babeld", "fullmesh-links", "fullmesh-firewall"].map((name) =>
    unit(name, "not-found", "inactive"),
  );
  const health = healthWith({ fra1: () => `== services\n${services.join("")}${silent}` });
  expect(health.nodes[0]?.problems).toEqual([expect.stringMatching(/^the mesh is not on this host\nfix: /)]);
});

test("a network that a node has no route to is not announced", () => {
  const health = healthWith({}, { fra1: ["10.9.0.0/24"] });
  expect(health.nodes[0]?.problems).toEqual([
    "does not announce 10.9.0.0/24: its routing table has no route to just that network",
  ]);
  const announcing = replacing(/^(add xroute .*)$/m, "$1\nadd xroute x prefix 10.9.0.0/24 from 0.0.0.0/0 metric 0");
  expect(healthWith({ fra1: announcing }, { fra1: ["10.9.0.0/24"] }).healthy).toBe(true);
});

describe("a node that is not managed", () => {
  const lost = /^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /;

  test("is not asked, and its links are judged by their other ends", () => {
    const health = healthWith({}, {}, ["tyo1"]);
    expect(health.healthy).toBe(true);
    expect(health.nodes.map(({ name }) => name)).toEqual(["fra1", "nyc1"]);
    expect(health.unmanaged).toEqual([
      { name: "tyo1", id: 3, organization: "partner", links: { expected: 2, found: 2 } },
    ]);
    expect(health.counts).toMatchObject({ nodes: 2, answeringNodes: 2, unmanagedNodes: 1, links: 3, up: 3 });
    expect(link(health, "fra1", "tyo1")).toMatchObject({
      verdict: "up",
      dialler: "tyo1",
      halves: [{ verdict: "up" }, { verdict: "unknown", reasons: ["tyo1 is not managed, and nobody logs in to it"] }],
    });
  });

  test("that is away leaves the others well, and its links down", () => {
    const away = (text: string): string =>
      without(lost)(text).replace(/"dst":"(10.42.0.3|fd42::3)"/g, '"dst":"192.0.2.0/24"');
    const health = healthWith({ fra1: away, nyc1: away }, {}, ["tyo1"]);
    expect(health.nodes.flatMap(({ problems }) => problems)).toEqual([]);
    expect(health.counts).toMatchObject({ healthyNodes: 2, up: 1, down: 2 });
    expect(link(health, "nyc1", "tyo1")).toMatchObject({ verdict: "down", reasons: ["nyc1 has no IKE_SA with tyo1"] });
    expect(health.unmanaged).toMatchObject([{ links: { expected: 2, found: 0 } }]);
    expect(health.healthy).toBe(false);
  });

  test("and the node that it links with is away: nobody knows", () => {
    const health = healthWith({ fra1: "fra1: refused" }, {}, ["tyo1"]);
    expect(link(health, "fra1", "tyo1").verdict).toBe("unknown");
  });
});
