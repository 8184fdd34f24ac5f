import { compareWithPlan } from "../../core/observe/compareWithPlan";
import { parseFilterTables } from "../../core/observe/filterRules";
import { blockedTraffic } from "../../core/observe/blockedTraffic";
import { managedNodes } from "../../core/plan/managed";
import { answersWith, healthWith, plan, replacing } from "../observe/threeNodes";

/** A host says that it has nftables chains which no kernel would take. Each of these took for ever, or ended the command; a test that does not end has failed. */

const [fra1] = managedNodes(plan);

function blocked(lines: readonly string[]): readonly string[] {
  if (fra1 === undefined) throw new Error("the plan has no node");
  return blockedTraffic(plan, fra1, parseFilterTables(lines));
}

const base = [
  "type filter hook input priority filter; policy accept;",
  "type filter hook forward priority filter; policy accept;",
];

function table(chains: readonly (readonly string[])[]): readonly string[] {
  const named = chains.map((rules, index) => [`chain c${index} {`, ...rules, "}"]);
  return ["table inet t {", ...named.flat(), "}"];
}

test("chains that jump twice to the next, forty deep", () => {
  const chains = Array.from({ length: 40 }, (_, index) => [`jump c${index + 1}`, `jump c${index + 1}`]);
  expect(blocked(table([[base[0] ?? "", "jump c1"], ...chains.slice(1), []]))).toEqual([]);
});

test("a chain that jumps to itself, and a row of ten thousand", () => {
  const row = Array.from({ length: 10_000 }, (_, index) => [`jump c${index + 1}`]);
  expect(blocked(table([[base[1] ?? "", "jump c0"]]))).toEqual([]);
  expect(blocked(table([[base[1] ?? "", "jump c1"], ...row.slice(1)]))).toEqual([]);
});

test("many chains with a hook that jump to one with many rules", () => {
  const rules = Array.from({ length: 20_000 }, () => "udp dport 1 drop");
  const hooks = Array.from({ length: 20_000 }, () => [base[0] ?? "", "jump c0"]);
  expect(blocked(table([rules, ...hooks]))).toEqual([]);
});

test("a brace that is opened and never closed, four megabytes long", () => {
  expect(blocked(["table inet t {", "chain c0 {", "{ x", ...Array.from({ length: 1_000_000 }, () => "yyy")])).toEqual(
    [],
  );
  expect(blocked(["table inet t {", "chain c0 {", "iif { ".repeat(700_000)])).toEqual([]);
});

test("what it tells takes the report from no other node", () => {
  const loop = replacing(/^== ports$/m, `== filters\n${table([[base[1] ?? "", "jump c0"]]).join("\n")}\n== ports`);
  const health = compareWithPlan(plan, answersWith({ fra1: loop }));
  expect(health.nodes.map(({ unreachable }) => unreachable)).toEqual([null, null, null]);
  expect(healthWith({ fra1: loop }).counts.answeringNodes).toBe(3);
});
