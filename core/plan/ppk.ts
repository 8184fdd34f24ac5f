const prefix = "fullmesh";

/**
 * Name of the first post-quantum preshared key (RFC 8784) that two nodes share, whatever number of links they have. charon shows it on the wire and in its log:
 * it is no secret.
 */
export function ppkId(one: number, other: number): string {
  return `${prefix}-${Math.min(one, other)}-${Math.max(one, other)}`;
}

/** Name of the preshared key that derives from the secret of this number, of a pair whose first one has the name `id`. */
export function ppkIdBy(secret: number, id: string): string {
  return secret === 1 ? id : `s${secret}-${id}`;
}

/** What fits all names of a pair's preshared keys and of no other pair's: charon takes an asterisk at the beginning, for at least one character. */
export function anyPpkId(id: string): string {
  return `*${id.slice(prefix.length)}`;
}
