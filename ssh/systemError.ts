import { isNativeError } from "node:util/types";

/** Code of an error of the operating system, as in ENOENT. `instanceof` does not know Node's own errors where code runs in a realm of its own, as in jest. */
export function systemErrorCode(error: unknown): string | undefined {
  return isNativeError(error) && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What an error says. */
export function errorMessage(error: unknown): string {
  return isNativeError(error) ? error.message : String(error);
}
