import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { renderReport, worstFirst, type StatusReport } from "../../cli/status/report";
import type { MeshHealth } from "../../core/observe/health";
import { healthWith, replacing, without } from "../observe/threeNodes";

/** What a person sees, in files for people to read: write them anew with `UPDATE_GOLDEN=1 npx jest tests/cli`. */
const golden = join(__dirname, "golden");

const report = (health: MeshHealth): StatusReport => ({
  version: 1,
  stack: "dev",
  observedAt: "2026-11-23T22:00:00.000Z",
  ...health,
});

const sick = healthWith({
  fra1: replacing(
    /^(list-sa event \{fm200-nyc1 .*)$/m,
    "$1\nlist-sa event {fm200-nyc1 {uniqueid=9 state=ESTABLISHED established=30 child-sas {}}}",
  ),
  nyc1: without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /),
  tyo1: "tyo1: root@192.0.2.13 port 22 did not answer within 10 s.\n    fix: is the host up, is ssh.host right, and does a firewall drop TCP port 22?",
});

const halfDown = healthWith({
  nyc1: (text) =>
    replacing(
      /fm100-fra1","flags":\["NOARP","UP"/,
      'fm100-fra1","flags":["NOARP"',
    )(without(/^add neighbour .* if fm100-fra1 /)(text)),
  fra1: replacing(/(if fm200-nyc1 .* txcost) 96/, "$1 65535"),
});

/** tyo1 is of another organization, and has lost its link with nyc1. */
const partner = healthWith({ nyc1: without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /) }, {}, [
  "tyo1",
]);

test.each([
  ["healthy", healthWith()],
  ["unreachable", sick],
  ["half-down", halfDown],
  ["unmanaged", partner],
])("%s", (name, health) => {
  const shown = `${renderReport(report(health), pc.createColors(false))}\n`;
  const file = join(golden, `${name}.txt`);
  if (process.env.UPDATE_GOLDEN !== undefined) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, shown);
  }
  expect(shown).toBe(readFileSync(file, "utf8"));
});

test("the tables fit into 120 columns", () => {
  const tables = renderReport(report(sick), pc.createColors(false)).split("\n\n").slice(0, 2).join("\n");
  expect(Math.max(...tables.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("what is not up is red on a terminal", () => {
  const shown = renderReport(report(halfDown), pc.createColors(true));
  expect(shown).toContain("\u001b[31mhalf\u001b[39m");
  expect(shown).toContain("\u001b[32mup\u001b[39m");
});

test("on a small screen the worst links come first", () => {
  expect(worstFirst(report(halfDown)).links.map(({ verdict }) => verdict)).toEqual(["half", "up", "up"]);
});

test("JSON has null for what is not known, and nothing that JSON drops", () => {
  expect(JSON.parse(JSON.stringify(report(sick)))).toStrictEqual(report(sick));
});
