import { readFileSync } from "node:fs";
import { reason } from "../stack/registryFolder";

/**
 * The text of a file that was named on the command line; `-` is standard input.
 *
 * @throws Error that says why it cannot be read
 */
export function readInput(file: string): string {
  try {
    return readFileSync(file === "-" ? process.stdin.fd : file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${reason(error)}`);
  }
}
