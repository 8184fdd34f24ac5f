/** A file as it must be on a node. Owner and group are root. */
export interface HostFile {
  /** Absolute. */
  readonly path: string;
  /** Octal, four digits, as in chmod(1). */
  readonly mode: "0600" | "0644";
  /** Ends with a newline. Never a secret: it stands in previews and in the state as it is. */
  readonly content: string;
}

/** Where things are on a node. The scripts in host/ use the same paths. */
export const hostPaths = {
  scripts: "/usr/local/lib/fullmesh",
  state: "/var/lib/fullmesh",
  links: "/etc/fullmesh/links.conf",
  firewall: "/etc/fullmesh/firewall.nft",
  underlay: "/etc/fullmesh/underlay.nft",
  uplinks: "/etc/fullmesh/uplinks.conf",
  names: "/etc/fullmesh/names.conf",
  metrics: "/etc/fullmesh/metrics.conf",
  babeld: "/etc/fullmesh/babeld.conf",
  babelKey: "/etc/fullmesh/babel-key.conf",
  babelSocket: "/run/fullmesh/babeld.sock",
  babelState: "/var/lib/fullmesh/babel-state",
  charon: "/etc/strongswan.d/fullmesh.conf",
  swanctlTemplates: "/etc/swanctl/conf.d/fullmesh.conf",
  swanctlConnections: "/etc/swanctl/conf.d",
  modules: "/etc/modules-load.d/fullmesh.conf",
  networkd: "/etc/systemd/network/00-fullmesh.network",
  units: "/etc/systemd/system",
} as const;

/** First line of everything that fullmesh writes on a host. It can be reworded: neither this line nor a comment in a daemon's own settings restarts anything. */
export const managedByLine = "# Managed by fullmesh: changes made here are overwritten by the next `pulumi up`.";

/** A systemd unit, or settings for one, by its name in the folder of units. */
export function unitFile(name: string, text: string): HostFile {
  return { path: `${hostPaths.units}/${name}`, mode: "0644", content: `${managedByLine}\n${text}` };
}
