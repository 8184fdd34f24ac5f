/**
 * Name of the post-quantum preshared key (RFC 8784) that two nodes share, whatever number of links they have. charon shows it on the wire and in its log:
 * it is no secret.
 */
export function ppkId(one: number, other: number): string {
  return `fullmesh-${Math.min(one, other)}-${Math.max(one, other)}`;
}
