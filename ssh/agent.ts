import {
  OpenSSHAgent,
  type GetStreamCallback,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";

/** The SSH agent at a socket, for one login. That of ssh2 waits for ever for an agent that never answers, and so does the program. */
export class LoginAgent extends OpenSSHAgent {
  private readonly streams = new Set<{ destroy(): unknown }>();
  /** Whether it gave a signature, which a host asks for whose user has that key. */
  hasSigned = false;
  /** Whether it answered, and not with the one key that is to be offered. */
  lacksIdentity = false;

  /** @param identity public half, in wire form, of the one key to offer; default: each that the agent has */
  constructor(
    socket: string,
    private readonly identity?: Buffer,
  ) {
    super(socket);
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      const { identity } = this;
      if (keys === undefined || identity === undefined) {
        callback(error, keys);
        return;
      }
      const offered = keys.filter((key) => "getPublicSSH" in key && key.getPublicSSH().equals(identity));
      this.lacksIdentity = offered.length === 0;
      callback(undefined, offered);
    });
  }

  override sign(
    key: string | Buffer | ParsedKey,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): boolean {
    const [how, report] = typeof options === "function" ? [{}, options] : [options ?? {}, callback];
    return super.sign(key, data, how, (error, signature) => {
      if (signature !== undefined) this.hasSigned = true;
      report?.(error, signature);
    });
  }

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
