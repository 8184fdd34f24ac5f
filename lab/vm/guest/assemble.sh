#!/bin/sh
# Makes the VM's disk in the current folder, which holds what image.ts packed: vm.tar and RELEASE.tar (Debian trees),
# apt/RELEASE/ (the pools), keys/, guest/ (the lab's own files), in hosts a line `NUMBER RELEASE` for each host, and in packages what hosts of the
# state `packaged` have from the pools.
# Leaves disk.raw, vmlinuz and initrd.img. Runs as root of a user namespace, or as root, in a mount namespace of its own.
set -eu

# Without the device nodes: in a user namespace none can be made, and none are needed with devtmpfs.
unpack() {
    mkdir -p "$2"
    tar --extract --numeric-owner --xattrs --xattrs-include='*' --exclude='./dev/*' --directory="$2" --file="$1"
    rm "$1"
}

authorize() { # tree, home
    mkdir -p "$1/$2/.ssh"
    cp keys/id_ed25519.pub "$1/$2/.ssh/authorized_keys"
    chmod 700 "$1/$2/.ssh"
    chmod 600 "$1/$2/.ssh/authorized_keys"
    chown -R --reference="$1/$2" "$1/$2/.ssh"
}

host_key() { # tree, name
    mkdir -p "$1/etc/ssh"
    cp "keys/$2" "$1/etc/ssh/ssh_host_ed25519_key"
    cp "keys/$2.pub" "$1/etc/ssh/ssh_host_ed25519_key.pub"
    chmod 600 "$1/etc/ssh/ssh_host_ed25519_key"
}

identity() { # tree, name
    mkdir -p "$1/etc"
    echo "$2" >"$1/etc/hostname"
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 %s\n' "$2" >"$1/etc/hosts"
    printf 'fullmesh-lab-%s' "$2" | md5sum | cut -c 1-32 >"$1/etc/machine-id"
}

mask() { # tree, units...
    tree=$1
    shift
    for unit; do
        ln -sf /dev/null "$tree/etc/systemd/system/$unit"
    done
}

interfaces() { # number
    cat <<END
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address 192.0.2.$((10 + $1))/24
    gateway 192.0.2.1
iface eth0 inet6 static
    address 2001:db8:0:2::$((10 + $1))/64
    gateway 2001:db8:0:2::1
    dad-attempts 0
    accept_ra 0
END
}

# Nothing is left to do for a first boot: see ConditionNeedsUpdate in systemd.unit(5).
updated() { # tree
    for part in etc var; do
        touch --date="@$(($(stat --format=%Y "$1/usr") + 2))" "$1/$part/.updated"
    done
}

# The same tree with the packages of its pool, for hosts that have them from their first boot. What dpkg replaces it does not write to, so that both share their programs.
# As an administrator would who wants nothing to run yet.
add_packages() { # tree, with packages, pool
    mkdir "$2"
    for part in "$1"/*; do
        if [ "${part##*/}" = usr ]; then cp -al "$part" "$2/"; else cp -a "$part" "$2/"; fi
    done
    mkdir -p "$2/srv/apt" "$2/dev"
    : >"$2/dev/null"
    mount --bind /dev/null "$2/dev/null"
    mount --bind "$3" "$2/srv/apt"
    printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
    chmod 755 "$2/usr/sbin/policy-rc.d"
    # shellcheck disable=SC2046 # a list
    SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive chroot "$2" sh -euc '
        apt-get -q update
        apt-get -q -y install --no-install-recommends "$@"
        systemctl --quiet disable strongswan babeld
    ' sh $(cat packages) </dev/null
    umount "$2/srv/apt" "$2/dev/null"
    rm "$2/usr/sbin/policy-rc.d" "$2/dev/null"
}

noise="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer e2scrub_reap.service"

unpack vm.tar vm
cp vm/boot/vmlinuz-* vmlinuz
cp vm/boot/initrd.img-* initrd.img
rm -rf vm/boot vm/vmlinuz* vm/initrd.img*
cp -r guest/vm/. vm/
chmod 755 vm/usr/local/sbin/*
# What a VM with one disk, one interface and no users can boot without, several seconds sooner where its processor
# is emulated: its modules are listed (modules-load.d) and not found by udev.
udev="systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service"
# shellcheck disable=SC2086 # lists
mask vm $noise $udev serial-getty@ttyS0.service getty@tty1.service modprobe@.service systemd-logind.service
for unit in lab-underlay.service lab-hosts.service; do
    ln -s "../$unit" "vm/etc/systemd/system/multi-user.target.wants/$unit"
done
updated vm
identity vm vm
host_key vm vm
authorize vm root

for pool in apt/*; do
    trees=vm/srv/trees/${pool#apt/}
    base=$trees/bare
    unpack "${pool#apt/}.tar" "$base"
    cp -r guest/host/. "$base/"
    chmod 440 "$base/etc/sudoers.d/operator"
    # shellcheck disable=SC2086
    mask "$base" $noise console-getty.service
    # They find nothing in a container, and are half of the time that systemd takes to read its units anew. Only what has an init script needs one.
    mkdir -p "$base/etc/systemd/system-generators"
    for generator in "$base"/lib/systemd/system-generators/*; do
        case $generator in
            */systemd-sysv-generator) ;;
            *) ln -s /dev/null "$base/etc/systemd/system-generators/${generator##*/}" ;;
        esac
    done
    authorize "$base" root
    authorize "$base" home/operator
    add_packages "$base" "$trees/packaged" "$pool"
    for tree in "$trees"/*; do updated "$tree"; done
done
mv apt vm/srv/apt

while read -r n release; do
    host=vm/srv/hosts/h$n
    mkdir -p "$host/upper/etc/network" "$host/work" "$host/root"
    ln -s "/srv/trees/$release" "$host/trees"
    ln -s "/srv/apt/$release" "$host/apt"
    identity "$host/upper" "h$n"
    host_key "$host/upper" "h$n"
    interfaces "$n" >"$host/upper/etc/network/interfaces"
done <hosts

# Sparse: what the hosts install and log takes room only when written. No journal: the disk is thrown away.
truncate --size=6G disk.raw
mkfs.ext4 -q -F -O ^has_journal -d vm disk.raw
