import type { Action } from "./actions";
import type { ResilienceChange } from "./resilienceChange";

/** What a change of the registry or of the settings does to a running mesh. */
export interface MeshDifference {
  /** What holds for all: overlay networks, ciphers, babel's profile. */
  readonly mesh: readonly FieldChange[];
  readonly nodes: readonly NodeChange[];
  readonly links: readonly LinkChange[];
  /** Of nodes that are deployed to, without those on which nothing happens. */
  readonly hosts: readonly HostChange[];
  /** How the mesh bears failures, before and after. */
  readonly resilience: ResilienceChange;
  /** What may be lost meanwhile, and what is not; a line each, never none. */
  readonly loss: readonly string[];
}

/** A field that a reviewer knows from the preview, in its words; undefined where it has none. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A node that joins, leaves, or is another than before. */
export interface NodeChange {
  readonly name: string;
  readonly change: "joins" | "leaves" | "changes";
  /** Its overlay addresses, those from before where it leaves. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** Empty but for `changes`. */
  readonly fields: readonly FieldChange[];
  /** Whether it is another host that is logged in to, by name or port: that is given the node's keys. */
  readonly otherHost?: true;
  /** The id of one that leaves, where nothing keeps another node from getting it. */
  readonly freeId?: number;
}

/**
 * A link that joins, leaves, or is another than before. One that `blinks` is made anew at one end or both, and carries nothing meanwhile; one that `renews` is made
 * anew beside what runs; one that `changes` carries on.
 */
export interface LinkChange {
  /** `fra1 - tyo1`; an endpoint's serial is written where it is not 0. */
  readonly name: string;
  /** The nodes at its ends, that with the lower id first. */
  readonly ends: readonly [string, string];
  readonly change: "joins" | "leaves" | "blinks" | "renews" | "changes";
  /** Its fields where it joins or leaves, else what is other than before, as the end with the lower id sees it. */
  readonly fields: readonly FieldChange[];
}

/** What happens on a host. */
export interface HostChange {
  readonly name: string;
  /** `joins` installs all of it, `leaves` takes all of it away, in which case there is nothing else to say. */
  readonly change: "joins" | "leaves" | "changes";
  /** What `apply` does there; empty but for `changes`. */
  readonly actions: readonly Action[];
  /** Lines of its nftables rules, without comments, that come and go. */
  readonly firewall: { readonly added: readonly string[]; readonly removed: readonly string[] };
}
