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
# Read after the connections' own files, to which it adds.
looked_up=$connections/fullmesh-names.conf
charon_unit_settings=/etc/systemd/system/strongswan.service.d/fullmesh.conf
recovery_unit=/etc/systemd/system/fullmesh-recovery.service
# Keeps charon from starting with the distribution's settings while apt installs it.
strongswan_mask=/run/systemd/system/strongswan.service
# Keeps the distribution's babeld, where we installed it, from running beside ours.
babeld_mask=/etc/systemd/system/babeld.service
# With a dash, its number and `.pem` after it.
private_key=/etc/swanctl/private/fullmesh
babel_key=$config/babel-key.conf
ppk_secrets=$connections/fullmesh-ppk.conf
# IKE_SAs that run on former settings, as `dial` notes them. They end with charon at the latest, and so does this.
stale=$run/stale

# There while the mesh is switched off on this node.
switched_off=$state/switched-off

# The units that each node has, in the order in which they start.
services="fullmesh-firewall.service fullmesh-links.service strongswan.service fullmesh-babeld.service fullmesh-healer.timer"

# Services that only some nodes have.
watchers() {
  for watcher in names uplinks; do
    [ ! -e "$config/$watcher.conf" ] || echo "fullmesh-$watcher.service"
  done
}

# read_units: how the units that each node has are, for `runs` and `all_enabled`. One question for all of them.
read_units() {
  # shellcheck disable=SC2086 # words on purpose
  units=$(systemctl show --property=Id,ActiveState,UnitFileState $services | awk -F= '
    function say() { if ("Id" in value) print value["Id"] ":" value["ActiveState"] ":" value["UnitFileState"]; split("", value) }
    NF < 2 { say(); next }
    { value[$1] = $2 }
    END { say() }
  ' | paste -sd ' ' -)
}

# runs UNIT: whether it did when the units were read.
runs() {
  case " $units " in *" $1:active:"*) ;; *) false ;; esac
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

# One change at a time on a node: a second deployer waits its turn for up to a minute.
hold_lock() {
  mkdir -p "$run" "$state"
  exec 9>"$run/lock"
  flock -w 60 9 || fail "another change has been running on this node for a minute: wait for it, or see who holds $run/lock"
}

# Lines `MODE OWNER SHA256 PATH` of the files whose paths are on stdin, one a line, as far as they are there.
fingerprints() {
  xargs sh -c '[ $# = 0 ] || { stat -c "%a %u:%g %n" "$@"; sha256sum "$@"; }' fingerprints 2>/dev/null |
    awk 'NF == 3 { access[$3] = $1 " " $2; next } { print access[$2], $1, $2 }' || :
}

# Gives files the modes of lines `MODE PATH` on stdin, and root as their owner; those that were mended are in the file $1 afterwards. A link in the place of a file
# has another mode, too.
mend_access() {
  cat >"$1.should"
  awk '{ print $2 }' "$1.should" | xargs -r stat -c '0%a %n %u:%g' |
    awk 'NR == FNR { should[$2] = $1; next } $1 != should[$2] || $3 != "0:0" { print should[$2], $2 }' "$1.should" - >"$1"
  while read -r mode path; do
    install -m "$mode" "$path" "$path$half_written"
    mv "$path$half_written" "$path"
  done <"$1"
  rm "$1.should"
}

# remember WHAT: notes how the files are whose paths are on stdin, for `drift` to compare with.
remember() {
  mkdir -p "$record"
  fingerprints >"$state/record.new"
  if cmp -s "$state/record.new" "$record/$1"; then rm "$state/record.new"; else mv "$state/record.new" "$record/$1"; fi
}

# The network namespace that has the links, as a table of links says it; nothing where the overlay is beside the host's own network.
namespace_in() {
  sed -nE "s/^isolation (netns|vrf) //p" "$1" 2>/dev/null || :
}

# Where the overlay is, as a table of links says it.
place_in() {
  sed -n "s/^isolation //p" "$1" 2>/dev/null || :
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
  [ -e "/run/netns/$netns" ] || ip netns add "$netns"
  [ -e "/run/netns/$netns-underlay" ] || ip netns attach "$netns-underlay" $$
  ip -n "$netns" netns list-id | grep -q " (iproute2 netns name: $netns-underlay)" || ip -n "$netns" netns set "$netns-underlay" auto
}

in_namespace() {
  if [ -n "$netns" ]; then ip netns exec "$netns" "$@"; else "$@"; fi
}

charon_runs() {
  systemctl is-active --quiet strongswan.service
}
