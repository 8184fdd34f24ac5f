import { StringDecoder } from "node:string_decoder";
import type { ResourceLog } from "../plugin/engineLog";
import type { CommandOutput } from "./commandResource";
import { isLogged, LineLog } from "./logging";

/** Collects what a command writes, and shows it while it runs as the `logging` input wants. */
export class Capture {
  private readonly texts = { stdout: "", stderr: "" };
  private readonly decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  private readonly lines: LineLog;
  private combined = "";

  constructor(
    log: ResourceLog,
    private readonly logging: unknown,
  ) {
    this.lines = new LineLog(log);
  }

  write(stream: "stdout" | "stderr", chunk: Buffer): void {
    const text = this.decoders[stream].write(chunk);
    this.texts[stream] += text;
    this.combined += text;
    if (isLogged(stream, this.logging)) this.lines.write(text);
  }

  /** Ends the live log. */
  end(): void {
    this.lines.end();
  }

  /** Both streams in the order in which they came, for an error message. */
  all(): string {
    return this.combined;
  }

  /** What the state keeps. */
  output(): CommandOutput {
    const trimmed = (text: string): string => text.replace(/\n$/, "");
    return { stdout: trimmed(this.texts.stdout), stderr: trimmed(this.texts.stderr) };
  }
}
