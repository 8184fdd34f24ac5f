import * as pulumi from "@pulumi/pulumi";
import type { Connection as ConnectionPlan, LinkEnd, MeshPlan } from "../core/plan/plan";
import { describeUnderlay } from "./underlay";

/** What a reviewer reads of one node's half of a link. Few and short, for there are N(N-1) of them. */
export interface ConnectionArgs {
  /** The node at the other end. */
  peer: string;
  /**
   * Family, and the underlay address or DNS name and port of both ends; `*` for an address that is not known beforehand. In brackets the interface, if told, and
   * the address that packets leave from, if it is another.
   */
  path: string;
  /** The node that dials. */
  dials: string;
  /** Name of the XFRM interface, and of the connection in swanctl. */
  interface: string;
  /** XFRM interface id. */
  ifId: number;
  /** MTU of the link in bytes. */
  mtu: number;
  /** What babel takes for the link besides its round-trip time. */
  cost: number;
  /** IKE and ESP proposals, and whether there is a post-quantum preshared key on top. */
  ciphers: string;
  /** SHA-256 fingerprint of the peer's public key, in OpenSSH's form. */
  peerKey: pulumi.Input<string>;
}

/**
 * One node's half of a link, for review only: it reaches no host. The node's `apply` carries all of its halves at once, because each remote
 * command is an SSH login of its own.
 */
export class Connection extends pulumi.ComponentResource<ConnectionArgs> {
  constructor(name: string, args: ConnectionArgs, opts: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Connection", name, args, opts);
    this.registerOutputs();
  }
}

/** `fra1->tyo1`; an endpoint's serial is written where it is not 0. Stable, for it holds nothing that may be edited. */
export function connectionName(connection: ConnectionPlan): string {
  return `${endName(connection.local)}->${endName(connection.remote)}`;
}

/** A planned half as its reader wants to see it. */
export function describeConnection(
  connection: ConnectionPlan,
  { ciphers }: Pick<MeshPlan, "ciphers">,
  peerKey: pulumi.Input<string>,
): ConnectionArgs {
  const { local, remote, family, ifId, mtuBytes, rxcost, name, initiates, espProposals, ppkId } = connection;
  return {
    peer: remote.node,
    path: `${family} ${describeUnderlay(local)}${byInterface(connection)} -> ${describeUnderlay(remote)}`,
    dials: initiates ? local.node : remote.node,
    interface: name,
    ifId,
    mtu: mtuBytes,
    cost: rxcost,
    ciphers: `${ciphers.ike} / ${espProposals}${ppkId === undefined ? "" : ", PPK"}`,
    peerKey,
  };
}

function endName(end: LinkEnd): string {
  return end.serial === 0 ? end.node : `${end.node}.${end.serial}`;
}

function byInterface({ uplink, local }: ConnectionPlan): string {
  if (uplink === undefined) return "";
  const { interface: name, source } = uplink;
  return source === undefined || source === local.address ? ` (${name})` : ` (${name} from ${source})`;
}
