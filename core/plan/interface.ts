/** IFNAMSIZ less its zero byte. Source: linux/if.h */
export const interfaceNameBytes = 15;

/**
 * if_id of a link on one of its nodes: the peer's id and the two serials, `0x<peer><local><remote>`. So it is unique on the node, never
 * moves when other nodes come or go, and can be read off `ip xfrm state`.
 */
export function interfaceId(peerId: number, localSerial: number, remoteSerial: number): number {
  return peerId * 256 + serialPair(localSerial, remoteSerial);
}

/** What tells the links with one peer from one another, 0 to 255: both serials, `0x<local><remote>`. */
export function serialPair(localSerial: number, remoteSerial: number): number {
  return localSerial * 16 + remoteSerial;
}

/** Interface name: the if_id makes it unique, and as much of the peer's name as fits makes it readable, as in `fm300-tyo1`. */
export function interfaceName(ifId: number, peer: string): string {
  return `fm${ifId.toString(16)}-${peer}`.slice(0, interfaceNameBytes);
}
