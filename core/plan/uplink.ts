import type { Endpoint } from "../registry/registry";
import type { MarkedUplink } from "./plan";

/** "fm" in the upper half, so that it meets no mark and no table of the operator's. */
const firstMark = 0x666d0000;

/** The uplink of an endpoint, if it is named. */
export function uplinkOf({ serial, family, uplink }: Endpoint): MarkedUplink | undefined {
  return uplink === undefined ? undefined : { ...uplink, family, mark: firstMark + serial };
}
