/** A word for the shell of a host: the name in charon of a connection with a peer that has one key. */
export function inCharon(connection: string): string {
  return `$(sed -n 's/^  \\(${connection}_[0-9a-f_]*\\) : .*/\\1/p' /etc/swanctl/conf.d/${connection}.conf)`;
}
