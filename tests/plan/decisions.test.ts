import { fallbackMetric } from "../../core/plan/fallback";
import { interfaceId, interfaceName } from "../../core/plan/interface";
import { initiator } from "../../core/plan/initiator";
import { linkMtuBytes } from "../../core/plan/mtu";
import { linkLocalAddress, overlayIpv4, overlayIpv6 } from "../../core/plan/overlay";
import { minUnderlayMtuBytes } from "../../core/registry/nodeSchema";
import type { Endpoint } from "../../core/registry/registry";

test.each([
  // Measured on Debian 12: the largest inner packet whose ESP packet leaves in one piece.
  [1500, "ip4", 1438],
  [1500, "ip6", 1418],
  [1492, "ip4", 1430],
  [1460, "ip6", 1378],
  [9000, "ip4", 8938],
  // The least that the registry lets through: IPv6 needs 1280.
  [minUnderlayMtuBytes.ip4, "ip4", 1282],
  [minUnderlayMtuBytes.ip6, "ip6", 1282],
] as const)("a path of %i bytes over %s carries inner packets of %i bytes", (path, family, mtu) => {
  expect(linkMtuBytes(path, family)).toBe(mtu);
});

test("overlay addresses are the network plus the id", () => {
  expect(overlayIpv4("10.42.0.0/16", 1)).toBe("10.42.0.1");
  expect(overlayIpv4("10.42.0.0/16", 258)).toBe("10.42.1.2");
  expect(overlayIpv6("fd42:f00d::/48", 0xffff)).toBe("fd42:f00d::ffff");
  expect(linkLocalAddress(300)).toBe("fe80::12c");
});

test("if_id holds the peer's id and both serials, and the interface's name holds the if_id", () => {
  expect(interfaceId(3, 0, 0)).toBe(0x300);
  expect(interfaceId(12, 1, 2)).toBe(0xc12);
  expect(interfaceName(0x300, "tyo1")).toBe("fm300-tyo1");
  expect(interfaceName(0xfffeff, "frankfurt-am-main")).toBe("fmfffeff-frankf");
});

test("fallback routes come after babel's and before what is unreachable, each with a metric of its own, by serials", () => {
  const metrics = [0, 1, 15].flatMap((local) => [0, 1, 15].map((remote) => fallbackMetric(local, remote)));
  expect([1024, ...metrics, 4294967295]).toEqual([...new Set([1024, ...metrics, 4294967295])].sort((a, b) => a - b));
});

describe("who dials", () => {
  const reachable: Endpoint = {
    serial: 0,
    family: "ip4",
    address: "192.0.2.1",
    port: 4500,
    mtuBytes: 1500,
    extraCost: 0,
  };
  const hidden: Endpoint = { serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0 };
  const named: Endpoint = { serial: 0, family: "ip4", dnsName: "a.example", port: 4500, mtuBytes: 1500, extraCost: 0 };
  const side = (nodeId: number, endpoint: Endpoint) => ({ nodeId, managed: true, endpoint });

  test.each([
    [1, reachable, 3, reachable, 1],
    [1, reachable, 2, reachable, 2],
    [1, reachable, 2, hidden, 2],
    [1, hidden, 2, reachable, 1],
    [1, hidden, 2, hidden, undefined],
    // With an address no resolver is needed.
    [1, named, 2, reachable, 1],
    [1, hidden, 2, named, 1],
    [1, named, 2, named, 2],
  ])("%i %j and %i %j: %s", (a, endpointA, b, endpointB, expected) => {
    expect(initiator(side(a, endpointA), side(b, endpointB))?.nodeId).toBe(expected);
    expect(initiator(side(b, endpointB), side(a, endpointA))?.nodeId).toBe(expected);
  });

  test.each([
    [1, reachable, 3, reachable, 3],
    [1, named, 3, reachable, 3],
    [1, reachable, 3, hidden, 3],
    [1, hidden, 3, reachable, 1],
    [1, hidden, 3, hidden, undefined],
  ])("%i %j and %i %j, which is not managed: %s", (a, endpointA, b, endpointB, expected) => {
    const other = { ...side(b, endpointB), managed: false };
    expect(initiator(side(a, endpointA), other)?.nodeId).toBe(expected);
    expect(initiator(other, side(a, endpointA))?.nodeId).toBe(expected);
  });

  test("is spread: each of 10 reachable nodes dials four or five of its nine peers", () => {
    const ids = Array.from({ length: 10 }, (_, index) => index + 1);
    for (const id of ids) {
      const peers = ids.filter((peer) => peer !== id);
      const dialled = peers.filter((peer) => initiator(side(id, reachable), side(peer, reachable))?.nodeId === id);
      expect(dialled.length).toBeGreaterThanOrEqual(4);
      expect(dialled.length).toBeLessThanOrEqual(5);
    }
  });
});
