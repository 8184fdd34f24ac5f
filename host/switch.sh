#!/bin/sh
# switch NODE off [--open]|on: stops the mesh on the node at once, and starts it again, without a deploy. It stays off over a boot, and until it is on again a deploy
# is refused. Files stay as they are, and so do the rules that keep what is for the overlay from leaving in clear; with --open these go, too, for they may be what is in
# the way.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# Peers are told by charon, and what can go round this node does.
off() {
  echo "${1:-closed}" >"$switched_off"
  # shellcheck disable=SC2086 # words on purpose
  systemctl --quiet disable --now $watchers fullmesh-babeld.service strongswan.service fullmesh-links.service
  systemctl reset-failed strongswan.service 2>/dev/null || :
  # Where the overlay has a namespace of its own, the namespace is gone, and there was never another way out of it.
  read_place "$config/links.conf"
  [ -n "$netns" ] || [ "${1:-}" = open ] || return 0
  systemctl --quiet disable --now fullmesh-healer.timer fullmesh-firewall.service
  "$scripts/links" away >/dev/null
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
case "${2:-} ${3:-}" in
  "off " | "on ") "$2" ;;
  "off --open") off open ;;
  *) fail "usage: switch NODE off [--open]|on" ;;
esac
