import { randomBytes } from "node:crypto";
import { bridgedResource } from "../plugin/bridged";

/** `random:index/randomId:RandomId`. */
export const randomId = bridgedResource({
  schemaVersion: 0,
  defaults: () => ({}),
  outputs: ["b64Std", "b64Url", "dec", "hex"],
  secretOutputs: [],

  failures({ byteLength }) {
    if (byteLength === undefined || Number(byteLength) >= 1) return [];
    return [{ property: "byteLength", reason: `byteLength must be at least 1, but is ${Number(byteLength)}` }];
  },

  make({ byteLength, prefix }) {
    const bytes = randomBytes(Number(byteLength));
    const start = typeof prefix === "string" ? prefix : "";
    const hex = bytes.toString("hex");
    const b64Url = bytes.toString("base64url");
    return {
      id: b64Url,
      outputs: {
        b64Std: start + bytes.toString("base64"),
        b64Url: start + b64Url,
        dec: start + BigInt(`0x${hex}`).toString(),
        hex: start + hex,
      },
    };
  },
});
