import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Mirror, Release } from "./mirror";
import { run } from "../run";

/** A Debian tree to be made by mmdebstrap(1). */
export interface Tree {
  readonly release: Release;
  /** Packages besides those that every Debian has. */
  readonly packages: readonly string[];
  /** mmdebstrap hooks, in its order. */
  readonly hooks: readonly string[];
}

/** What hosts may install in the lab: with all that depends on it, it goes to the pool and not into the tree. */
export const poolPackages = [
  "charon-systemd",
  "strongswan-swanctl",
  "libstrongswan-standard-plugins",
  "babeld",
  "nftables",
  "openssl",
];

/** A hook that runs shell text; `$1` is the tree. Inline, as without root a checkout may not be readable from there. */
function hook(stage: "essential" | "customize", text: string): string {
  return `--${stage}-hook=${text}`;
}

/** What would be this machine's in the image, or would be the same in all hosts made from it. */
const anonymous = hook(
  "customize",
  'rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/hostname" "$1/etc/apt/apt.conf.d/99mmdebstrap"; : >"$1/etc/resolv.conf"',
);

/** A host: what a small Debian server has, and nothing of what the tests install. */
export function hostTree(release: Release): Tree {
  return {
    release,
    packages: [
      "systemd-sysv",
      "dbus",
      "openssh-server",
      "iproute2",
      "iputils-ping",
      "procps",
      "ifupdown",
      "sudo",
      "kmod",
    ],
    hooks: [
      // Debian has a group of that name.
      hook("customize", 'chroot "$1" useradd --create-home --shell /bin/bash --gid operator operator'),
      hook(
        "customize",
        `APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get install --yes --download-only ${poolPackages.join(" ")}`,
      ),
      anonymous,
    ],
  };
}

/** Only what a virtio disk with ext4 takes. */
const initramfs = [
  'mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"',
  'echo MODULES=list >"$1/etc/initramfs-tools/conf.d/lab"',
  'printf "%s\\n" virtio_pci virtio_blk ext4 crc32c_generic >"$1/usr/share/initramfs-tools/modules.d/lab"',
].join("; ");

/** The VM around the hosts. */
export const vmTree: Tree = {
  release: "bookworm",
  packages: [
    "linux-image-cloud-amd64",
    "initramfs-tools",
    "zstd",
    "systemd-sysv",
    "systemd-container",
    "udev",
    "dbus",
    "openssh-server",
    "iproute2",
    "kmod",
    "procps",
    "nftables",
    "tcpdump",
    "dnsmasq-base",
  ],
  hooks: [hook("essential", initramfs), anonymous],
};

/** mmdebstrap's arguments that decide what the tree will be. */
export function treeArguments(tree: Tree): string[] {
  return [
    "--mode=unshare", // as root too: then only the mount namespace is a new one
    "--variant=minbase",
    "--format=tar",
    `--include=${tree.packages.join(",")}`,
    ...["man", "info", "doc", "locale", "lintian"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    ...tree.hooks,
  ];
}

/**
 * Makes `tree` as a tar file.
 * @param poolFolder folder to leave the packages in that a hook of the tree has downloaded but not installed.
 */
export async function makeTree(
  tree: Tree,
  mirror: Mirror,
  target: { readonly tar: string; readonly poolFolder?: string },
  options: { readonly note: (doing: string) => void; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const args = [...treeArguments(tree), ...mirror.options.map((option) => `--aptopt=${option}`)];
  if (target.poolFolder !== undefined) {
    mkdirSync(target.poolFolder);
    args.push(`--customize-hook=sync-out /var/cache/apt/archives ${target.poolFolder}`);
  }
  await run("mmdebstrap", [...args, tree.release, target.tar, ...mirror.lines[tree.release]], {
    timeoutSeconds: 900,
    cwd: "/",
    onLine: (line) => {
      if (line.startsWith("I: ")) options.note(line.slice(3, 60));
    },
    signal: options.signal,
  });
  if (target.poolFolder !== undefined) {
    for (const name of ["partial", "lock"]) rmSync(join(target.poolFolder, name), { recursive: true, force: true });
  }
}
