import type { Duplex } from "node:stream";
import { plainText } from "../core/describe/plainText";

/** More of what is no SSH need not be told. */
const maxCharacters = 200;

/**
 * Listens to what a host says before the SSH protocol begins.
 *
 * @returns what it said so far, on one line; undefined once the protocol began
 */
export function firstWords(stream: Duplex): () => string | undefined {
  let said = "";
  const hear = (part: Buffer): void => {
    said = (said + part.toString("latin1")).slice(0, maxCharacters);
    if (said.length === maxCharacters || isSsh(said)) stream.off("data", hear);
  };
  // Together with the client: earlier, its input would be lost.
  const join = (event: string | symbol): void => {
    if (event !== "data") return;
    stream.off("newListener", join);
    stream.on("data", hear);
  };
  stream.on("newListener", join);
  return () => {
    if (isSsh(said)) return undefined;
    return plainText(said).replace(/\s+/g, " ").trim();
  };
}

/** RFC 4253 section 4.2. */
function isSsh(said: string): boolean {
  return /^SSH-/m.test(said);
}
