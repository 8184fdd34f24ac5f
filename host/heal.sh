#!/bin/sh
# heal: restores what somebody else has taken away or changed of the rules, interfaces, routes, policy rules and kernel settings of the mesh, as networkd, NetworkManager,
# firewalld and docker do when they are reloaded; but only of services that run. What is right is not touched.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

babeld_stopped=$run/healer-stopped-babeld

start_babeld() {
  systemctl start fullmesh-babeld.service
  rm -f "$babeld_stopped"
}

restore_links() {
  # In the way of the new interfaces are those with the same numbers, which go with babeld and its namespace, a moment later.
  if runs fullmesh-babeld.service && babeld_is_elsewhere; then
    # However this ends, also killed: the next round starts what this one has stopped.
    : >"$babeld_stopped"
    systemctl stop fullmesh-babeld.service
    sleep 1
    "$scripts/links" up || :
    start_babeld
  else
    "$scripts/links" up
  fi
}

# A restart takes nothing from peers with a link, for which there are fallback routes.
restore_babel_routes() {
  lost=$("$scripts/babel" check)
  [ -n "$lost" ] || return 0
  # babeld may have been changing them just then.
  sleep 2
  still_lost=$("$scripts/babel" check)
  [ -n "$still_lost" ] || return 0
  if printf '%s\n' "$lost" | grep -qxF "$still_lost"; then systemctl restart fullmesh-babeld.service; fi
}

# charon goes on without, where another process had its port while it started.
restore_port() {
  if "$scripts/ports" | grep -q ' charon nobody$'; then systemctl restart strongswan.service; fi
}

mkdir -p "$run"
# A change that is running restores all of it by itself.
exec 9>"$run/lock"
flock -n 9 || exit 0
read_units
"$scripts/firewall" heal
if [ -e "$babeld_stopped" ]; then start_babeld; fi
# No change is running, and so no interface is leaving.
"$scripts/babel" unhush
if runs fullmesh-links.service; then restore_links; elif runs fullmesh-firewall.service; then "$scripts/links" fence; fi
if runs fullmesh-uplinks.service; then "$scripts/uplinks" sync; fi
if runs fullmesh-babeld.service; then restore_babel_routes; fi
if runs strongswan.service; then restore_port; fi
