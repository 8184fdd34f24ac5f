/** Stand-in for the `tls` provider. */
import { serveProvider } from "../plugin/provider";
import { privateKey } from "./privateKey";

declare const PROVIDER_VERSION: string;

serveProvider({
  version: PROVIDER_VERSION,
  configInputs: {},
  resources: new Map([["tls:index/privateKey:PrivateKey", privateKey]]),
});
