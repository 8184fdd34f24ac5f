/** The `logging` input: which of a command's streams the engine shows while it runs. */
import { unwrap, type PropertyMap } from "../plugin/propertyValue";
import type { ResourceLog } from "../plugin/engineLog";
import type { CheckFailure } from "../plugin/resource";

const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** A `logging` input that is none of the known ones. */
export function loggingFailures(inputs: PropertyMap): CheckFailure[] {
  const logging = unwrap(inputs.logging) ?? null;
  if (logging === null || (typeof logging === "string" && LOGGING.includes(logging))) return [];
  return [{ property: "logging", reason: `logging must be one of ${LOGGING.join(", ")}` }];
}

/** Whether a stream is shown while the command runs; both are when nothing is said. */
export function isLogged(stream: "stdout" | "stderr", logging: unknown): boolean {
  return typeof logging !== "string" || logging === "stdoutAndStderr" || logging === stream;
}

/** Passes a command's output on to the engine, line by line. */
export class LineLog {
  private partial = "";

  constructor(private readonly log: ResourceLog) {}

  write(text: string): void {
    const lines = (this.partial + text).split("\n");
    this.partial = lines.pop() ?? "";
    for (const line of lines) this.log.status(line);
  }

  /** Passes on a last line that has no newline. */
  end(): void {
    if (this.partial !== "") this.log.status(this.partial);
    this.partial = "";
  }
}
