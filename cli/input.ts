import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { reason } from "../stack/registryFolder";

/**
 * The text of a file that was named on the command line; `-` is standard input, which may be slow.
 *
 * @throws Error that says why it cannot be read
 */
export async function readInput(file: string): Promise<string> {
  try {
    return decoded(file === "-" ? await buffer(process.stdin) : await readFile(file));
  } catch (error) {
    throw new Error(`${file} cannot be read: ${reason(error)}`);
  }
}

/** UTF-8, or UTF-16 as `>` of Windows PowerShell writes it; without the byte order mark, at which JSON.parse ends. */
function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
