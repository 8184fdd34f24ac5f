/** Stand-in for the `random` provider. */
import { serveProvider } from "../plugin/provider";
import { randomId } from "./randomId";
import { randomPassword } from "./randomPassword";

declare const PROVIDER_VERSION: string;

serveProvider({
  version: PROVIDER_VERSION,
  configInputs: {},
  resources: new Map([
    ["random:index/randomPassword:RandomPassword", randomPassword],
    ["random:index/randomId:RandomId", randomId],
  ]),
});
