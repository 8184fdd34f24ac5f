/** IFNAMSIZ less its zero byte. Source: linux/if.h */
export const interfaceNameBytes = 15;

/**
 * if_id of a link on one of its nodes: the peer's id and the two serials, `0x<peer><local><remote>`. So it is unique on the node, never
 * moves when other nodes come or go, and can be read off `ip xfrm state`.
 */
export function interfaceId(peerId: number, localSerial: number, remoteSerial: number): number {
  return peerId * 256 + localSerial * 16 + remoteSerial;
}

/** Interface name: the if_id makes it unique, and as much of the peer's name as fits makes it readable, as in `fm300-tyo1`. */
export function interfaceName(ifId: number, peer: string): string {
  return `fm${ifId.toString(16)}-${peer}`.slice(0, interfaceNameBytes);
}
