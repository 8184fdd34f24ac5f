import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { projectFolder } from "../../lab/scratchProject";
import type { Part } from "./part";

/** The part of jest's JSON results that counts. Times in milliseconds. */
const results = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() })),
    }),
  ),
});

/** What a lab was, written by the first scenario in it. */
const labRecord = z.object({ name: z.string(), accelerator: z.string(), kernel: z.string() });

/** Tests that took longest. */
const slowestCount = 10;

interface TestTime {
  readonly test: string;
  readonly file: string;
  readonly seconds: number;
  readonly passed: boolean;
}

/**
 * Prints how long each part and each scenario took, the slowest tests, and what ran the hosts; writes the same to `.lab/times.json`.
 *
 * @returns the exit status of it all
 */
export function summarize(parts: readonly Part[], folder: string): number {
  const read = (name: string) => {
    const file = join(folder, `${name}.json`);
    return existsSync(file) ? results.parse(JSON.parse(readFileSync(file, "utf8"))).testResults : [];
  };
  const files = parts.flatMap(({ name }) => read(name).map((result) => ({ part: name, ...result })));
  const tests: TestTime[] = files.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== "pending")
      .map(({ fullName, status, duration }) => ({
        test: fullName,
        file: relative(projectFolder, name),
        seconds: (duration ?? 0) / 1000,
        passed: status === "passed",
      })),
  );
  const scenarios = files
    .filter(({ part }) => part !== "unit")
    .map(({ name, startTime, endTime }) => ({
      file: relative(projectFolder, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .sort(slowestFirst);
  const slowest = [...tests].sort(slowestFirst).slice(0, slowestCount);
  const ran = readLabs(folder);

  const times = {
    date: new Date().toISOString(),
    labs: ran,
    parts: parts.map(({ name, outcome, seconds }) => ({ name, outcome, seconds })),
    scenarios,
    slowest,
  };
  writeFileSync(join(projectFolder, ".lab", "times.json"), `${JSON.stringify(times, undefined, 2)}\n`);

  const lines = (title: string, rows: readonly (readonly [number, string])[]): void => {
    console.log(`\n${title}`);
    for (const [seconds, text] of rows) console.log(`${seconds.toFixed(1).padStart(8)} s  ${text}`);
  };
  lines(
    "Scenarios and tests with the engine",
    scenarios.map(({ seconds, file }) => [seconds, file]),
  );
  lines(
    `The ${slowest.length} slowest tests`,
    slowest.map(({ seconds, file, test }) => [seconds, `${file}: ${test}`]),
  );
  lines(
    "Parts",
    parts.map(({ seconds, name, outcome }) => [seconds, `${name}: ${outcome}`]),
  );
  for (const { name, accelerator, kernel } of ran) console.log(`lab ${name}: ${accelerator}, Linux ${kernel}`);
  const failed = tests.filter(({ passed }) => !passed);
  for (const { file, test } of failed) console.log(`failed: ${file}: ${test}`);
  const failedParts = parts.filter((part) => part.failed).length;
  console.log(`\n${tests.length - failed.length} passed, ${failed.length} failed`);
  return failedParts === 0 && failed.length === 0 ? 0 : 1;
}

function slowestFirst(a: { readonly seconds: number }, b: { readonly seconds: number }): number {
  return b.seconds - a.seconds;
}

function readLabs(folder: string): readonly z.infer<typeof labRecord>[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".lab.json"))
    .map((file) => labRecord.parse(JSON.parse(readFileSync(join(folder, file), "utf8"))));
}
