import { planWarnings } from "../../core/describe/planWarnings";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

function warnings(overlayIpv4: string, overlayIpv6: string): readonly string[] {
  const registry = { nodes: [labNode(1, "fra1"), labNode(2, "nyc1")], retired: [], policy: fullMesh };
  return planWarnings(planMesh(registry, { ...settings, overlayIpv4, overlayIpv6 }));
}

test.each(["10.66.0.0/16", "172.16.0.0/12", "192.168.4.0/24", "100.64.0.0/10"])("%s is private", (ipv4) => {
  expect(warnings(ipv4, "fd66:66::/64")).toEqual([]);
});

test.each(["5.0.0.0/16", "172.0.0.0/8", "100.0.0.0/8"])(
  "%s is not, or not all of it, and a reviewer is told",
  (ipv4) => {
    expect(warnings(ipv4, "fd66:66::/64")).toEqual([
      `the overlay ${ipv4} is not private address space (RFC 1918, 6598, 4193): unless it is your own, the nodes no longer reach whoever has it on the Internet`,
    ]);
  },
);

test("the same holds for IPv6", () => {
  expect(warnings("10.66.0.0/16", "2a00:1450::/32")).toEqual([
    expect.stringMatching(/^the overlay 2a00:1450::\/32 is not private/),
  ]);
});

test("so it is of networks behind a node", () => {
  const prefixes = ["10.9.0.0/24", "203.0.113.7/32", "2001:db8:9::/48"];
  const registry = { nodes: [labNode(1, "fra1", { prefixes }), labNode(2, "nyc1")], retired: [], policy: fullMesh };
  expect(planWarnings(planMesh(registry, settings))).toEqual([
    "fra1 announces 203.0.113.7/32 and 2001:db8:9::/48, not private address space (RFC 1918, 6598, 4193): whatever the other nodes send there goes into the mesh, and so would links with a peer whose DNS name has an address there",
  ]);
});
