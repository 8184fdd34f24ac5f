import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** The SDK's mock monitor says that it supports resource hooks, and has no method to register one (3.248.0): this is that method. */
function acceptHooks(): void {
  Object.assign(MockMonitor.prototype, {
    registerResourceHook: (_request: unknown, callback: (error: null, response: object) => void) => {
      callback(null, {});
    },
  });
}

/** Pulumi's mocks, with resource hooks. */
export async function setMocks(mocks: pulumi.runtime.Mocks): Promise<void> {
  acceptHooks();
  await pulumi.runtime.setMocks(mocks);
}
