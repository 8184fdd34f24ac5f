#!/bin/sh
# switch NODE off|on: stops the mesh on the node at once, and starts it again, without a deploy. It stays off over a boot, and until it is on again a deploy is
# refused. Files stay as they are.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# Peers are told by charon, and what can go round this node does.
off() {
  touch "$switched_off"
  # shellcheck disable=SC2086 # words on purpose
  systemctl --quiet disable --now fullmesh-healer.timer $watchers fullmesh-babeld.service strongswan.service fullmesh-links.service fullmesh-firewall.service
  systemctl reset-failed strongswan.service 2>/dev/null || :
}

on() {
  # shellcheck disable=SC2086 # words on purpose
  systemctl --quiet enable --now $services $watchers
  rm -f "$switched_off"
}

node=$1
hold_lock
[ -e "$config/links.conf" ] || fail "the mesh is not deployed here"
find_watchers
case ${2:-} in
  off | on) "$2" ;;
  *) fail "usage: switch NODE off|on" ;;
esac
