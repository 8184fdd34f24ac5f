/** Stand-in for the `command` provider. */
import { serveProvider } from "../plugin/provider";
import { localCommand } from "./localCommand";
import { remoteCommand } from "./remoteCommand";

declare const PROVIDER_VERSION: string;

serveProvider({
  version: PROVIDER_VERSION,
  // The version of pulumi-go-provider that command 1.2.1 is built with, which it writes into the state.
  configInputs: { "__pulumi-go-provider-version": "1.2.0" },
  resources: new Map([
    ["command:remote:Command", remoteCommand],
    ["command:local:Command", localCommand],
  ]),
});
