import type { AddressFamily } from "../registry/registry";

/** An interface with a smaller MTU has no IPv6 (RFC 8200 section 5), and babel speaks IPv6. */
export const minLinkMtuBytes = 1280;

/** What ESP in UDP adds in front and behind: outer IP header, UDP 8, ESP 8, IV 8, ICV 16 bytes. The last two are alike for AES-GCM and ChaCha20-Poly1305. */
const overheadBytes: Readonly<Record<AddressFamily, number>> = { ip4: 60, ip6: 80 };

/**
 * The largest inner packet whose ESP packet passes the underlay in one piece. ESP pads inner packet and its two trailer bytes to a multiple of 4
 * (RFC 4303 section 2.4). Where that is less than the smallest MTU that IPv6 can do with, it is that, and large packets go in two pieces.
 */
export function linkMtuBytes(pathMtuBytes: number, family: AddressFamily): number {
  return Math.max(minLinkMtuBytes, 4 * Math.floor((pathMtuBytes - overheadBytes[family]) / 4) - 2);
}
