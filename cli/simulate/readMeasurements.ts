import { shortText } from "../../core/describe/shortText";
import { plainText } from "../../core/describe/plainText";
import { measurementsSchema, type Measurements } from "../../core/simulate/measured";
import { readInput } from "../input";

/**
 * What `fullmesh status --json` wrote to a file; of several lines (`--watch`) the last.
 *
 * @param file `-` is standard input
 * @throws Error that says what is wrong with it
 */
export async function readMeasurements(file: string, stack: string): Promise<Measurements> {
  const fix = `fix: write it anew: npx fullmesh status --stack ${stack} --json >FILE`;
  const line = (await readInput(file)).trim().split("\n").at(-1) ?? "";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${file} is not what \`fullmesh status --json\` prints: its last line is no JSON\n    ${fix}`);
  }
  const read = measurementsSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue === undefined ? "" : issue.path.map(String).join(".");
    throw new Error(
      `${file} is not what \`fullmesh status --json\` prints: ${shortText(plainText(`${where}: ${issue?.message ?? ""}`))}\n    ${fix}`,
    );
  }
  if (read.data.stack !== stack) {
    throw new Error(`${file} is of the stack ${plainText(read.data.stack)}, not of ${stack}\n    ${fix}`);
  }
  return read.data;
}
