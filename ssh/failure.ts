import { plainText } from "../core/describe/plainText";
import { shortText } from "../core/describe/shortText";

/** Of each line. */
const maxCharacters = 1000;

/**
 * Why a node cannot be worked with over SSH.
 *
 * | cause | what is the matter |
 * |---|---|
 * | `no-login-key` | nothing to log in with, as a rule told before any node is dialled |
 * | `no-known-hosts` | the file cannot be read; told before any node is dialled |
 * | `unresolved` | the name has no address |
 * | `refused` | the machine answers, but nothing listens on the port |
 * | `unreachable` | no route, or no answer in time |
 * | `mute` | accepts TCP and does not speak SSH |
 * | `handshake` | speaks SSH, but the two find no common ground, or it hangs up |
 * | `host-key-unknown` | no key of this host in known_hosts |
 * | `host-key-changed` | another key than known_hosts has |
 * | `host-key-revoked` | a key that known_hosts marks as revoked |
 * | `login-refused` | wrong user or key |
 * | `not-root` | logged in, but neither root nor allowed to sudo without a password |
 * | `timeout` | a command did not end in time |
 * | `lost` | the connection broke after login |
 */
export type SshCause =
  | "no-login-key"
  | "no-known-hosts"
  | "unresolved"
  | "refused"
  | "unreachable"
  | "mute"
  | "handshake"
  | "host-key-unknown"
  | "host-key-changed"
  | "host-key-revoked"
  | "login-refused"
  | "not-root"
  | "timeout"
  | "lost";

/** A failure whose message names node, address, cause and what to do, in plain text, whatever a host said of it. */
export class SshError extends Error {
  constructor(
    override readonly cause: SshCause,
    message: string,
  ) {
    super(
      plainText(message)
        .split("\n")
        .map((line) => shortText(line, maxCharacters))
        .join("\n"),
    );
    this.name = "SshError";
  }
}
