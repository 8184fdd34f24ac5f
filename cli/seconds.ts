import { InvalidArgumentError } from "commander";

/** The value of an option: a whole number of seconds, 1 to 3600. @throws InvalidArgumentError that says so */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new InvalidArgumentError("It must be a whole number of seconds, 1 to 3600.");
  }
  return seconds;
}
