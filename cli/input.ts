import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { reason } from "../stack/registryFolder";

/**
 * The text of a file that was named on the command line; `-` is standard input, which may be slow.
 *
 * @throws Error that says why it cannot be read
 */
export async function readInput(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${reason(error)}`);
  }
}
