import { needsOf } from "../../core/plan/needs";
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
