#!/bin/sh
# What all scripts on a node share: where things are, how to fail, and one change at a time.
# Each script that needs it reads it with `.`; `install` carries it in its own text, for nothing is on the node yet.

# shellcheck disable=SC2034 # these are for the scripts that read this one

set -eu
umask 077
export LC_ALL=C
# A login without root's PATH reaches us by sudo, which may not add the sbin folders.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

scripts=/usr/local/lib/fullmesh
config=/etc/fullmesh
state=/var/lib/fullmesh
# What the last deploy left: a line `MODE OWNER SHA256 PATH` a file.
record=$state/record
run=/run/fullmesh
connections=/etc/swanctl/conf.d
templates=$connections/fullmesh.conf
charon_settings=/etc/strongswan.d/fullmesh.conf
# For a swanctl that reads no keys (`install`).
swanctl_settings=/etc/swanctl/fullmesh-swanctl.conf
# Read after the connections' own files, to which it adds.
looked_up=$connections/fullmesh-names.conf
charon_unit_settings=/etc/systemd/system/strongswan.service.d/fullmesh.conf
nftables_unit_settings=/etc/systemd/system/nftables.service.d/fullmesh.conf
recovery_unit=/etc/systemd/system/fullmesh-recovery.service
# Keeps charon from starting with the distribution's settings while apt installs it.
strongswan_mask=/run/systemd/system/strongswan.service
# Keeps the distribution's babeld, where we installed it, from running beside ours.
babeld_mask=/etc/systemd/system/babeld.service
# With a dash, its number and `.pem` after it.
private_key=/etc/swanctl/private/fullmesh
babel_key=$config/babel-key.conf
ppk_secrets=$connections/fullmesh-ppk.conf
# Lines `NAME ADDRESS`: peers whose DNS names have led to another address since their links were made, as `names` notes them.
moved=$run/moved

# There while the mesh is switched off on this node: `closed`, or `open` where nothing keeps what is for the overlay from leaving in clear.
switched_off=$state/switched-off

# The units that each node has, in the order in which they start.
services="fullmesh-firewall.service fullmesh-links.service strongswan.service fullmesh-babeld.service fullmesh-healer.timer"

# find_watchers: into $watchers the services that only some nodes have, as far as this one has them, and into $reporters the timers that only tell of the mesh: these go on
# while it is switched off.
find_watchers() {
  watchers="" reporters=""
  [ ! -e "$config/metrics.conf" ] || reporters=fullmesh-metrics.timer
  for watcher in names uplinks; do
    [ ! -e "$config/$watcher.conf" ] || watchers="$watchers fullmesh-$watcher.service"
  done
}

# read_units: how the units of this node are, for `runs` and `all_enabled`. One question for all of them.
read_units() {
  find_watchers
  units="" id="" active="" enabled=""
  # An empty line ends what is said of a unit.
  # shellcheck disable=SC2086 # words on purpose
  while IFS='=' read -r property value; do
    case $property in
      Id) id=$value ;;
      ActiveState) active=$value ;;
      UnitFileState) enabled=$value ;;
      "")
        [ -z "$id" ] || units="$units $id:$active:$enabled"
        id="" active="" enabled=""
        ;;
    esac
  done <<END
$(systemctl show --property=Id,ActiveState,UnitFileState $services $watchers $reporters)

END
}

# runs UNIT: whether it did when the units were read.
runs() {
  case $units in *" $1:active:"*) ;; *) false ;; esac
}

all_enabled() {
  for unit in $units; do
    case $unit in *:enabled) ;; *) return 1 ;; esac
  done
}

# How a file is named while it is written, beside the one that it is to take the place of.
half_written=.fullmesh-new

# fail MESSAGE: for the person at the keyboard, who sees it in the error of `pulumi up`.
fail() {
  printf 'fullmesh: %s: %s\n' "${node:-$(uname -n)}" "$1" >&2
  exit 1
}

# read_clock: into $now the seconds since boot, which nobody sets.
read_clock() {
  read -r now _ </proc/uptime
  now=${now%.*}
}

# One change at a time on a node: a second deployer waits its turn for up to a minute.
hold_lock() {
  if [ ! -d "$run" ] || [ ! -d "$state" ]; then mkdir -p "$run" "$state"; fi
  exec 9>"$run/lock"
  flock -w 60 9 || fail "another change has been running on this node for a minute: wait for it, or see who holds $run/lock"
}

# fingerprints FILE...: lines `MODE OWNER SHA256 PATH` of the files that are there.
fingerprints() {
  [ $# -gt 0 ] || return 0
  (
    stat -c '%a %u:%g %n' "$@" || :
    exec sha256sum "$@"
  ) 2>/dev/null | awk 'NF == 3 { access[$3] = $1 " " $2; next } { print access[$2], $1, $2 }'
}

# mend_access LIST PRINTS: gives files, whose fingerprints are in the file PRINTS, the modes that lines `MODE PATH` in the file LIST have for them, and root as their
# owner. Into $mended how many had others. A link in the place of a file has another mode, too.
mend_access() {
  awk 'NR == FNR { should[$2] = $1; next } "0" $1 != should[$4] || $2 != "0:0" { print should[$4], $4 }' "$1" "$2" >"$1.to-mend"
  mended=0
  while read -r mode path; do
    install -m "$mode" "$path" "$path$half_written"
    mv "$path$half_written" "$path"
    mended=$((mended + 1))
  done <"$1.to-mend"
}

# remember WHAT PRINTS: keeps the file PRINTS, fingerprints of files, for `drift` to compare with.
remember() {
  [ -d "$record" ] || mkdir -p "$record"
  mv "$2" "$record/$1"
}

# read_place TABLE: into $place where the overlay is, as a table of links says it, and into $netns the network namespace that has the links, which is empty where
# the overlay is beside the host's own network.
read_place() {
  place="" netns=""
  [ -e "$1" ] || return 0
  while read -r word mode name; do
    [ "$word" = isolation ] || continue
    place=$mode${name:+ $name} netns=$name
    break
  done <"$1"
}

# A name whose namespace was never mounted, as ip(8) was killed in between, or which somebody has unmounted.
drop_broken_names() {
  for name in "$netns" "$netns-underlay"; do
    [ ! -e "/run/netns/$name" ] || ip netns exec "$name" true 2>/dev/null || ip netns delete "$name"
  done
}

# The links are made in the namespace with the sockets of charon as their underlay, which for that has a name too.
make_namespace() {
  [ -n "$netns" ] || return 0
  drop_broken_names
  if [ ! -e "/run/netns/$netns" ]; then
    ip netns add "$netns"
    # The kernel may be told to start without (ipv6.disable_ipv6=1).
    in_namespace sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
  fi
  [ -e "/run/netns/$netns-underlay" ] || ip netns attach "$netns-underlay" $$
  ip -n "$netns" netns list-id | grep -q " (iproute2 netns name: $netns-underlay)" || ip -n "$netns" netns set "$netns-underlay" auto
}

in_namespace() {
  if [ -n "$netns" ]; then ip netns exec "$netns" "$@"; else "$@"; fi
}

charon_runs() {
  systemctl is-active --quiet strongswan.service
}

# Only ping(8) of iputils can be told to send IPv6 packets in one piece.
can_ping() {
  ping -V 2>/dev/null | grep -q iputils
}

# port_holders, with what ss(8) says of a UDP port on stdin: a line `PID NAME` for each process that has one of its sockets, which several may share, and `- kernel` for a
# socket of none.
port_holders() {
  awk '
    !/users:\(\(/ { print "-", "kernel" }
    {
      while (match($0, /\("[^"]*",pid=[0-9]+/)) {
        split(substr($0, RSTART + 2, RLENGTH - 2), word, /",pid=/)
        $0 = substr($0, RSTART + RLENGTH)
        print word[2], word[1]
      }
    }
  '
}

# Somebody may have taken the name from the namespace, in which babeld lives on.
babeld_is_elsewhere() {
  read_place "$config/links.conf"
  [ -n "$netns" ] || return 1
  [ "$(in_namespace readlink /proc/self/ns/net 2>/dev/null)" != "$(readlink "/proc/$(cat "$run/babeld.pid")/ns/net")" ]
}
