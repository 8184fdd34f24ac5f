#!/bin/sh
# remove NODE [--purge]: takes the mesh off the node and leaves it as it was found. Each step can be done again, so a run that was
# interrupted is completed by the next. With --purge, the packages that `install` brought go too, unless something else needs them by now.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/bundle.sh
. /usr/local/lib/fullmesh/bundle

# strongswan_was ActiveState=active|UnitFileState=enabled: as it was found before the first install.
strongswan_was() {
  grep -qxF "strongswan $1" "$state/found-services" 2>/dev/null
}

stop_mesh() {
  # First, so that no boot in between brings back what is gone by then.
  rm -f "$committed"
  systemctl --quiet disable "${recovery_unit##*/}" 2>/dev/null || :
  rm -f "$recovery_unit"*
  systemctl --quiet disable --now fullmesh-healer.timer fullmesh-names.service fullmesh-uplinks.service 2>/dev/null || :
  systemctl --quiet disable --now fullmesh-metrics.timer 2>/dev/null || :
  systemctl stop fullmesh-metrics.service 2>/dev/null || :
  # A run that was ended has failed, and would be shown as such for ever.
  systemctl reset-failed fullmesh-metrics.service 2>/dev/null || :
  [ ! -e "$scripts/metrics" ] || "$scripts/metrics" remove || :
  rm -f "$looked_up"*
  systemctl --quiet disable --now fullmesh-babeld.service 2>/dev/null || :
  for file in "$connections"/fm*.conf; do
    [ -e "$file" ] || continue
    name=${file##*/}
    rm -f "$file"
    printf '%s\n' "${name%.conf}" >>"$state/leaving"
  done
  rm -f "$private_key"* "$babel_key" "$ppk_secrets"* "$charon_settings" "$swanctl_settings"*
  # This ends the links that we dial. Left to charon's own end it may hang, if a peer ends at the same time and charon is just dialling it anew.
  timeout 10 swanctl --load-conns >/dev/null 2>&1 </dev/null || :
  if strongswan_was ActiveState=active; then
    while read -r name; do
      timeout 10 swanctl --terminate --ike "$name" --timeout 5 >/dev/null 2>&1 </dev/null || :
    done <"$state/leaving"
    systemctl restart strongswan.service || :
  else
    # Stopping it takes leave of all other peers.
    systemctl stop strongswan.service 2>/dev/null || :
    systemctl reset-failed strongswan.service 2>/dev/null || :
  fi
  strongswan_was UnitFileState=enabled || systemctl --quiet disable strongswan.service 2>/dev/null || :
}

remove_interfaces() {
  systemctl --quiet disable --now fullmesh-links.service fullmesh-firewall.service 2>/dev/null || :
  "$scripts/links" away >/dev/null
}

remove_files() {
  if [ -e "$manifest" ]; then
    drop_half_written
    xargs -r -d '\n' rm -f <"$manifest"
  fi
  rm -rf "$config"
  rmdir "${charon_unit_settings%/*}" "${nftables_unit_settings%/*}" 2>/dev/null || :
}

# A babeld that stays is one that was not here, and that Debian would start at boot.
release_babeld() {
  grep -qxs babeld "$state/installed-packages" || return 0
  rm -f "$babeld_mask"
  [ "$purge" = --purge ] || systemctl disable babeld.service >/dev/null 2>&1 || :
}

purge_packages() {
  [ -s "$state/installed-packages" ] || return 0
  # dpkg refuses by itself to take away what others depend on.
  # shellcheck disable=SC2046 # words on purpose
  if ! DEBIAN_FRONTEND=noninteractive dpkg --purge $(cat "$state/installed-packages") >"$run/purge.log" 2>&1 </dev/null; then
    printf 'fullmesh: %s: packages stay, for something else needs them:\n%s\n' "$node" "$(tail -n 5 "$run/purge.log")" >&2
  fi
}

main() {
  node=$1 purge=${2:-}
  hold_lock
  stop_mesh
  remove_interfaces
  remove_files
  release_babeld
  [ "$purge" != --purge ] || purge_packages
  systemctl daemon-reload
  rm -rf "$state" "$run" "$scripts" "$scripts".* /var/log/fullmesh-install.log
  printf '{"node":"%s","removed":true}\n' "$node"
}

main "$@"
