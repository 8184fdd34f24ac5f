import type { Release } from "./mirror";

/** At most so many hosts in one lab: the image holds a prepared root for each. */
export const maxHosts = 8;

/** Port of the VM's own SSH, before host 1's, in the labs with a port base of their own. */
const portBases: Readonly<Record<string, number>> = { dev: 2200, "test-1": 2300, "test-2": 2800, reference: 2900 };

/** One real Debian host of a lab. */
export interface LabHost {
  /** `h1`, `h2`, ... */
  readonly name: string;
  /** 1 for `h1`. */
  readonly number: number;
  /** What it runs. */
  readonly release: Release;
  /** Port on 127.0.0.1 that leads to the host's sshd. */
  readonly sshPort: number;
  /** Address on the underlay, 192.0.2.0/24 (RFC 5737). */
  readonly ip4: string;
  /** Address on the underlay, 2001:db8:0:2::/64 (RFC 3849). */
  readonly ip6: string;
}

/** The first `count` hosts of a lab whose VM has its own SSH at `portBase`. */
export function labHosts(count: number, portBase: number): LabHost[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return {
      name: `h${number}`,
      number,
      // Every fourth, so that each mesh of four nodes has one of another release.
      release: number % 4 === 0 ? "trixie" : "bookworm",
      sshPort: portBase + number,
      ip4: `192.0.2.${10 + number}`,
      ip6: `2001:db8:0:2::${10 + number}`,
    };
  });
}

/**
 * The port base of a lab: its own if it is a known name, else the one asked for.
 * @throws if the name has none and none is given, or if its ports would not be ports.
 */
export function portBaseOf(name: string, wanted?: number): number {
  const base = wanted ?? portBases[name];
  if (base === undefined) {
    const known = Object.keys(portBases).join(", ");
    throw new Error(`lab "${name}" has no port base (only ${known} have): give one with --port-base, such as 2400`);
  }
  if (!Number.isInteger(base) || base < 1024 || base + maxHosts > 65535) {
    throw new Error(`port base ${base}: it must be a whole number from 1024 to ${65535 - maxHosts}`);
  }
  return base;
}

/** @throws if a lab cannot have so many hosts. */
export function checkHostCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > maxHosts) {
    throw new Error(`${count} hosts: a lab has 1 to ${maxHosts}`);
  }
}

/** @throws if the name cannot be that of a folder and of a qemu guest. */
export function checkLabName(name: string): void {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new Error(`lab name "${name}": use lower-case letters, digits and hyphens, a letter first`);
  }
}
