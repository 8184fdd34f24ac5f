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
