import type { Connection, MeshPlan } from "../plan/plan";
import { describeUnderlay } from "./underlay";

/** What a reviewer reads of a connection. Few and short, for there are N(N-1) of them. */
export interface ConnectionDescription {
  /** The node at the other end. */
  readonly peer: string;
  /**
   * Family, and the underlay address or DNS name and port of both ends; `*` for an address that is not known beforehand. In brackets the interface, if told, and
   * the address that packets leave from, if it is another.
   */
  readonly path: string;
  /** The node that initiates the IKE_SA. */
  readonly initiator: string;
  /** Name of the XFRM interface, and of the connection in swanctl. */
  readonly interface: string;
  /** XFRM interface id. */
  readonly ifId: number;
  /** MTU of the link in bytes. */
  readonly mtu: number;
  /** What babel takes for the link besides its round-trip time. */
  readonly cost: number;
  /** IKE and ESP proposals, and whether there is a post-quantum preshared key on top. */
  readonly ciphers: string;
}

/** A planned connection as its reader wants to see it. */
export function describeConnection(
  connection: Connection,
  { ciphers }: Pick<MeshPlan, "ciphers">,
): ConnectionDescription {
  const { local, remote, family, ifId, mtuBytes, rxcost, name, initiates, espProposals, ppkId } = connection;
  return {
    peer: remote.node,
    path: `${family} ${describeUnderlay(local)}${byInterface(connection)} -> ${describeUnderlay(remote)}`,
    initiator: initiates ? local.node : remote.node,
    interface: name,
    ifId,
    mtu: mtuBytes,
    cost: rxcost,
    ciphers: `${ciphers.ike} / ${espProposals}${ppkId === undefined ? "" : ", PPK"}`,
  };
}

function byInterface({ uplink, local }: Connection): string {
  if (uplink === undefined) return "";
  const { interface: name, source } = uplink;
  return source === undefined || source === local.address ? ` (${name})` : ` (${name} from ${source})`;
}
