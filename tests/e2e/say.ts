import { basename } from "node:path";

/** Width of a scenario's name before its lines. */
const nameWidth = 14;

let unfinished = "";

/** Prints what goes on in a scenario, each whole line with the scenario's name before it: two scenarios run at once. */
export function say(text: string): void {
  const name = basename(expect.getState().testPath ?? "", ".test.ts").padEnd(nameWidth);
  const lines = (unfinished + text).split("\n");
  unfinished = lines.pop() ?? "";
  for (const line of lines) process.stderr.write(`${name} ${line}\n`);
}
