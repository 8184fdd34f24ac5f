import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { reverseZone, zoneRecords, type ZonePart } from "../../core/names/zone";
import { planMesh } from "../../core/plan/planMesh";
import type { MeshPlan } from "../../core/plan/plan";
import { parseIpNetwork } from "../../core/registry/addresses";
import { fullMesh } from "../../core/registry/registry";
import { Steps } from "../../lab/progress";
import { ensurePackages } from "../../lab/vm/requirements";
import { registries, settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const domain = "mesh.example.net";
const folder = mkdtempSync(join(tmpdir(), "fullmesh-zone-"));

beforeAll(async () => {
  await ensurePackages(["bind9-utils"], new Steps(() => undefined));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function planned(overlayIpv4: string, overlayIpv6: string): MeshPlan {
  const nodes = [labNode(1, "fra1"), labNode(200, "nyc1")];
  return planMesh({ nodes, retired: [], policy: fullMesh }, { ...settings, overlayIpv4, overlayIpv6 });
}

/** What BIND makes of a zone that has SOA and NS and includes the records: all its records, with whole names; a warning of any kind fails. */
function checkedZone(zone: string, records: readonly string[]): readonly string[] {
  writeFileSync(join(folder, "mesh.zone"), `${records.join("\n")}\n`);
  writeFileSync(
    join(folder, "zone"),
    "$TTL 300\n@ IN SOA ns1.example.org. hostmaster.example.org. 1 3600 600 604800 300\n@ IN NS ns1.example.org.\n$INCLUDE mesh.zone\n",
  );
  const strict = ["-k", "fail", "-m", "fail", "-n", "fail", "-r", "fail", "-i", "local"];
  const { status, stdout, stderr } = spawnSync("/usr/bin/named-checkzone", [...strict, "-D", zone, "zone"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({
    status,
    said: `${stdout}${stderr}`.split("\n").filter((line) => /^zone|error|ignor|warn/i.test(line)),
  }).toEqual({
    status: 0,
    said: [expect.stringMatching(/^zone .*: loaded serial 1/)],
  });
  return stdout
    .split("\n")
    .filter((line) => /\sIN\s+(A|AAAA|PTR)\s/.test(line))
    .map((line) => line.replace(/\s+/g, " "));
}

test("names of the domain, for people to read", () => {
  expect(zoneRecords(planned("10.77.0.0/16", "fd42:f00d:cafe::/48"), domain, "names")).toEqual([
    "$ORIGIN mesh.example.net.",
    "fra1 300 IN A 10.77.0.1",
    "fra1 300 IN AAAA fd42:f00d:cafe::1",
    "nyc1 300 IN A 10.77.0.200",
    "nyc1 300 IN AAAA fd42:f00d:cafe::c8",
  ]);
});

test.each([
  ["10.0.0.0/8", "ip4", "10.in-addr.arpa", "200.0.0"],
  ["10.77.0.0/16", "ip4", "77.10.in-addr.arpa", "200.0"],
  ["10.77.16.0/20", "ip4", "77.10.in-addr.arpa", "200.16"],
  ["10.77.5.0/24", "ip4", "5.77.10.in-addr.arpa", "200"],
  ["fd42:f00d::/32", "ip6", "d.0.0.f.2.4.d.f.ip6.arpa", `8.c${".0".repeat(22)}`],
  ["fd42:f00d::/49", "ip6", "0.0.0.0.d.0.0.f.2.4.d.f.ip6.arpa", `8.c${".0".repeat(18)}`],
  ["fd42::1:0/112", "ip6", `1.0.0.0${".0".repeat(20)}.2.4.d.f.ip6.arpa`, "8.c.0.0"],
] as const)("the reverse zone of %s", (network, family, zone, name) => {
  const plan = family === "ip4" ? planned(network, "fd66::/64") : planned("10.66.0.0/16", network);
  expect(reverseZone(plan.overlay, family).name).toBe(zone);
  const records = zoneRecords(plan, domain, family);
  expect(records).toHaveLength(3);
  expect(records[0]).toBe(`$ORIGIN ${zone}.`);
  expect(records[2]).toBe(`${name} 300 IN PTR nyc1.mesh.example.net.`);
  expect(checkedZone(zone, records)).toContain(`${name}.${zone}. 300 IN PTR nyc1.mesh.example.net.`);
});

test("BIND takes the zones of any mesh, with each node in each", () => {
  const ipv4 = fc.integer({ min: 8, max: 15 }).map((length) => parseIpNetwork(`10.0.0.0/${length}`)?.text ?? "");
  const ipv6 = fc.integer({ min: 32, max: 112 }).map((length) => parseIpNetwork(`fd42:f00d::/${length}`)?.text ?? "");
  fc.assert(
    fc.property(registries(1), ipv4, ipv6, (registry, overlayIpv4, overlayIpv6) => {
      const plan = planMesh(registry, { ...settings, overlayIpv4, overlayIpv6 });
      const loaded = (zone: string, part: ZonePart) => [...checkedZone(zone, zoneRecords(plan, domain, part))].sort();
      const names = plan.nodes.flatMap(({ name, overlay }) => [
        `${name}.${domain}. 300 IN A ${overlay.ipv4}`,
        `${name}.${domain}. 300 IN AAAA ${overlay.ipv6}`,
      ]);
      expect(loaded(domain, "names")).toEqual(names.sort());
      for (const family of ["ip4", "ip6"] as const) {
        const { name } = reverseZone(plan.overlay, family);
        expect(loaded(name, family)).toHaveLength(plan.nodes.length);
      }
    }),
    { numRuns: 8 },
  );
});

test("what is wrong in a zone is found out, so that the other tests can fail", () => {
  expect(() => checkedZone(domain, ["$ORIGIN example.com.", "fra1 300 IN A 10.77.0.1"])).toThrow();
  expect(() => checkedZone(domain, [`$ORIGIN ${domain}.`, "fra1 300 IN A 10.77.0.256"])).toThrow();
});
