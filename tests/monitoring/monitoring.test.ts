import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { allMetrics } from "../../core/metrics/meshMetrics";
import { promtool } from "../../lab/promtool";

/** The alerting rules and the dashboard in monitoring/, by Prometheus' own words and by the metrics that there are. */
const folder = join(__dirname, "../../monitoring");
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

/** Of node_exporter. */
const othersMetrics = ["node_time_seconds"];

const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ alert: z.string().optional(), record: z.string().optional(), expr: z.string() })),
      }),
    ),
  })
  .parse(parse(read("alerts.yml")))
  .groups.flatMap((group) => group.rules);

const alerts = rules.flatMap(({ alert }) => alert ?? []);

const tool = async (args: readonly string[], stdin = "") => {
  const { status, stdout, stderr } = spawnSync(await promtool(), args, { input: stdin, cwd: folder, encoding: "utf8" });
  return { status, said: stdout + stderr };
};

/** Names of metrics in an expression: words that no colon, as in a recorded rule, and no quotation mark is part of. */
function metricsIn(expression: string): readonly string[] {
  const unquoted = expression.replace(/"[^"]*"/g, '""');
  return unquoted.match(/(?<![\w:])(?:fullmesh|node)_\w+(?![\w:])/g) ?? [];
}

const isExpression = z.looseObject({ expr: z.string() });

/** Every expression of a dashboard, wherever it stands, and the queries of its variables. */
function expressionsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = isExpression.safeParse(value).data?.expr;
  const query = z.looseObject({ definition: z.string() }).safeParse(value).data?.definition;
  return [own, query]
    .filter((each) => each !== undefined)
    .concat(Object.values(value).flatMap((each: unknown) => expressionsOf(each)));
}

const known = new Set(allMetrics.map(({ name }) => name));

test("promtool takes the rules, and finds each case as it should be", async () => {
  expect(await tool(["check", "rules", "alerts.yml"])).toMatchObject({ status: 0 });
  expect(await tool(["test", "rules", "alerts.test.yml"])).toMatchObject({
    status: 0,
    said: expect.stringContaining("SUCCESS") as string,
  });
});

test("promtool finds nothing wrong with the metrics of a mesh", async () => {
  const text = readFileSync(join(__dirname, "../metrics/golden/one-away.prom"), "utf8");
  expect(await tool(["check", "metrics"], text)).toEqual({ status: 0, said: "" });
});

test("there is a case in which each alert fires, and one in which it does not", () => {
  const cases = z
    .object({
      tests: z.array(
        z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
      ),
    })
    .parse(parse(read("alerts.test.yml")))
    .tests.flatMap((each) => each.alert_rule_test);
  const names = (fires: boolean) =>
    [...new Set(cases.filter((each) => each.exp_alerts.length > 0 === fires).map((each) => each.alertname))].sort();
  expect(names(true)).toEqual([...alerts].sort());
  expect(names(false)).toEqual([...alerts].sort());
});

test("the rules speak of metrics that there are", () => {
  const named = rules.flatMap(({ expr }) => metricsIn(expr));
  expect(named.length).toBeGreaterThan(alerts.length);
  expect(named.filter((name) => !known.has(name) && !othersMetrics.includes(name))).toEqual([]);
});

test("so does the dashboard, and promtool takes its expressions", async () => {
  const expressions = expressionsOf(JSON.parse(read("dashboard.json")));
  expect(expressions.length).toBeGreaterThan(15);
  for (const expression of expressions) expect(metricsIn(expression).length).toBeGreaterThan(0);
  expect(expressions.flatMap(metricsIn).filter((name) => !known.has(name))).toEqual([]);
  const plain = expressions
    .filter((expression) => !expression.startsWith("label_values("))
    .map((expression, index) => ({ record: `test:${index}`, expr: expression.replaceAll("$__rate_interval", "1m") }));
  const scratch = mkdtempSync(join(tmpdir(), "fullmesh-dashboard-"));
  const file = join(scratch, "rules.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules: plain }] }));
  const { status, said } = await tool(["check", "rules", "--lint=none", file]);
  rmSync(scratch, { recursive: true });
  expect({ status, said }).toMatchObject({
    status: 0,
    said: expect.stringContaining(`${plain.length} rules`) as string,
  });
});
