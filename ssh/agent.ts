import { OpenSSHAgent, type GetStreamCallback } from "ssh2";

/** The SSH agent at a socket, for one login. That of ssh2 waits for ever for an agent that never answers, and so does the program. */
export class LoginAgent extends OpenSSHAgent {
  private readonly streams = new Set<{ destroy(): unknown }>();

  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      if (stream === undefined) {
        callback(error);
        return;
      }
      this.streams.add(stream);
      stream.once("close", () => this.streams.delete(stream));
      callback(error, stream);
    });
  }

  /** Whether it was asked something and did not answer yet. */
  get isAsked(): boolean {
    return this.streams.size > 0;
  }

  /** Waits no longer. */
  end(): void {
    for (const stream of this.streams) stream.destroy();
  }
}
