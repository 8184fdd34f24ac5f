import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** The SDK's mock monitor says that it supports hooks, and has no methods to register them (3.248.0): these are those methods. */
function acceptHooks(): void {
  const accept = (_request: unknown, callback: (error: null, response: object) => void): void => {
    callback(null, {});
  };
  Object.assign(MockMonitor.prototype, { registerResourceHook: accept, registerErrorHook: accept });
}

/** Pulumi's mocks, with resource hooks. */
export async function setMocks(mocks: pulumi.runtime.Mocks): Promise<void> {
  acceptHooks();
  await pulumi.runtime.setMocks(mocks);
}
