import { LoginAgent } from "./agent";
import type { SshAuth } from "./auth";

/** One login, by one way, so that a refusal counts once with fail2ban and sshd's MaxAuthTries. */
export class LoginAttempt {
  readonly agent: LoginAgent | undefined;
  private methodsLeft: readonly string[] | undefined;
  private isBegun = false;

  constructor(private readonly auth: SshAuth) {
    this.agent = auth.kind === "agent" ? new LoginAgent(auth.socket, auth.identity?.publicKey) : undefined;
  }

  /** For the client of ssh2. */
  get options() {
    const authHandler = (left: readonly string[], isPartial: boolean) => {
      if (isPartial) this.methodsLeft = left;
      if (this.isBegun) return false;
      this.isBegun = true;
      return this.auth.kind === "key" ? ("publickey" as const) : ("agent" as const);
    };
    if (this.auth.kind === "key") return { privateKey: this.auth.privateKey, authHandler };
    return { ...(this.agent === undefined ? {} : { agent: this.agent }), authHandler };
  }

  /**
   * The methods (RFC 4252) that a host wants besides the key that it accepted; undefined where it accepted none. Empty with an agent, of which ssh2 tells no more
   * than that it was asked to sign.
   */
  get wantedBesides(): readonly string[] | undefined {
    return this.methodsLeft ?? (this.agent?.hasSigned === true ? [] : undefined);
  }
}
