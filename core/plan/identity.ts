/**
 * IKE identity of an endpoint, as a distinguished name in charon's notation. The same three fields as ranet's, so that the two can meet.
 * The serial keeps the uplinks of one node apart: charon tells IKE_SAs of the same pair of identities from one another by nothing else.
 */
export function identity(organization: string, commonName: string, serial: number): string {
  return `O=${organization}, CN=${commonName}, serialNumber=${serial}`;
}
