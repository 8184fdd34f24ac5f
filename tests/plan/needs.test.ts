import { readFileSync } from "node:fs";
import { join } from "node:path";
import { needsOf, releases, releasesWithout } from "../../core/plan/needs";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfileNames, cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh } from "../../core/registry/registry";
import { settings } from "./arbitraryMesh";

test.each(cipherProfileNames)("what %s needs of strongSwan", (name) => {
  const needs = name === "mlkem" ? [{ what: "ke1_mlkem768", strongswan: "6.0.2" }] : [];
  expect(needsOf({ ciphers: cipherProfiles[name], ppk: "none" })).toEqual(needs);
});

test("the plan says what each node's strongSwan must be able to do", () => {
  const plan = planMesh(
    { nodes: [], retired: [], policy: fullMesh },
    {
      ...settings,
      ciphers: { ike: "aes256gcm16-prfsha512-ecp521-ke2_mlkem1024", esp: "aes256gcm16-ecp521-ke1_ecp384" },
      ppk: "required",
    },
  );
  expect(plan.needs).toEqual([
    { what: "ke2_mlkem1024", strongswan: "6.0.2" },
    { what: "ke1_ecp384", strongswan: "6.0.0" },
    { what: "ppk", strongswan: "5.7.0" },
  ]);
});

test("the releases are those of the script install", () => {
  const script = readFileSync(join(__dirname, "../../host/packages.sh"), "utf8");
  const table = [...script.matchAll(/^(debian|ubuntu) (\S+) +(\S+)  /gm)].map(([, id, release, strongswan]) => ({
    name: `${id === "debian" ? "Debian" : "Ubuntu"} ${release ?? ""}`,
    strongswan,
  }));
  expect(releases).toEqual(table);
});

test("a need that no release meets is warned of with them, and one that all meet is not", () => {
  expect(releasesWithout({ what: "mlkem768", strongswan: "6.0.2" })).toEqual([
    "Debian 12",
    "Debian 13",
    "Ubuntu 24.04",
  ]);
  expect(releasesWithout({ what: "x", strongswan: "5.9.10" })).toEqual(["Debian 12"]);
  expect(releasesWithout({ what: "ppk", strongswan: "5.7.0" })).toEqual([]);
});
