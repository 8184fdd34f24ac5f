import { halfHealth } from "../../core/observe/halfHealth";
import { parseObservation } from "../../core/observe/parseObservation";
import { fixture, plan, without } from "./threeNodes";

/** fra1 dials tyo1, which here has a DNS name, and has no IKE_SA with it. */
function reasons(names: string): readonly string[] {
  const dialled = plan.nodes
    .flatMap(({ connections }) => connections)
    .find(({ local, remote }) => local.node === "fra1" && remote.node === "tyo1");
  if (dialled === undefined) throw new Error("fra1 has no link with tyo1");
  const silent = without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /)(fixture("fra1"));
  const observation = parseObservation(`${silent}\n== names\n${names}`);
  const half = { ...dialled, remote: { ...dialled.remote, dnsName: "tyo1.example.net" } };
  return halfHealth(half, observation, { route4: null, route6: null }).reasons;
}

test("a name of which no address was found is the reason", () => {
  expect(reasons("")).toEqual(["fra1 finds no address of tyo1.example.net, at which it should dial tyo1"]);
});

test("one that was found is not", () => {
  expect(reasons("fm300-tyo1\n")).toEqual(["fra1 has no IKE_SA with tyo1, which it should dial"]);
});
