import type { Lab } from "../../lab/vm/lab";

/**
 * Everything on a host that a mesh could leave behind: packages, files, interfaces, addresses, routes, xfrm, sysctls, units, sockets. A text with a line
 * for each thing, so that a difference names what it is. Left out is what changes by itself, or what any installation of a package changes:
 * caches of apt, dpkg and ld.so, logs, the random seed.
 */
const command = `
  export LC_ALL=C
  dpkg-query -W -f 'package \${binary:Package} \${Version}\\n'
  find /etc /usr/local /var/lib /root /run/fullmesh /var/log/fullmesh* -xdev \\( -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /etc/ld.so.cache \\) -prune \\
    -o -type f -exec sha256sum {} + -o -type l -printf 'link %p %l\\n' -o -type d -printf 'folder %p %m\\n' 2>/dev/null
  ip -o link | sed 's/^[0-9]*: /interface /; s/ qlen .*//'
  ip -o address | awk '{ print "address", $2, $4 }'
  ip route | sed 's/^/route /'
  ip -6 route | sed 's/^/route6 /; s/ expires [0-9]*sec//'
  ip xfrm state | sed 's/^/xfrm-state /'
  ip xfrm policy | sed 's/^/xfrm-policy /'
  sysctl -a 2>/dev/null | grep -E '^net\\..*(forwarding|ip_forward|rp_filter|accept_ra|addr_gen_mode) '
  systemctl list-unit-files --no-legend | awk '$2 != "transient" { print "unit-file", $1, $2 }'
  systemctl list-units --no-legend --plain --type=service --state=running,failed,exited | awk '{ print "unit", $1, $3, $4 }' | grep -v -E 'user@|session'
  ss -Hltun | awk '{ print "socket", $1, $5 }'
`;

/** The host's inventory, sorted. */
export async function inventory(lab: Lab, host: string): Promise<readonly string[]> {
  const { stdout } = await lab.exec(host, command, { timeoutSeconds: 120 });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

/** What was added and removed between two inventories. */
export function difference(before: readonly string[], after: readonly string[]): readonly string[] {
  const then = new Set(before);
  const now = new Set(after);
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !then.has(line)).map((line) => `+ ${line}`),
  ];
}
