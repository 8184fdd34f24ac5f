import type { AddressFamily } from "../registry/registry";
import type { Connection } from "./plan";

/** What ESP in UDP adds in front and behind: outer IP header, UDP 8, ESP 8, IV 8, ICV 16 bytes. The last two are alike for AES-GCM and ChaCha20-Poly1305. */
const overheadBytes: Readonly<Record<AddressFamily, number>> = { ip4: 60, ip6: 80 };

/** What ESP adds at the end of the inner packet before it pads to a multiple of 4: pad length and next header (RFC 4303 section 2). */
const trailerBytes = 2;

/**
 * The largest inner packet whose ESP packet passes the underlay in one piece. ESP pads inner packet and its two trailer bytes to a multiple of 4
 * (RFC 4303 section 2.4). At least 1280, for the registry lets no smaller path through.
 */
export function linkMtuBytes(pathMtuBytes: number, family: AddressFamily): number {
  return 4 * Math.floor((pathMtuBytes - overheadBytes[family]) / 4) - trailerBytes;
}

/** The size of the packet on the underlay that carries the largest inner packet of a link. */
export function underlayPacketBytes({ mtuBytes, family }: Pick<Connection, "mtuBytes" | "family">): number {
  return mtuBytes + trailerBytes + overheadBytes[family];
}
