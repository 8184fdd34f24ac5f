#!/bin/sh
# install NODE: installs the packages and the scripts, on a host that `preflight` was content with. This text is complete: the deployer puts the prelude and
# `packages` before it, and the scripts in place of the line near its end.
# shellcheck shell=sh source=host/packages.sh disable=SC2154

# All scripts change at once: what has their name is a link, and one rename makes it lead to the new ones.
place_scripts() {
  new=$(mktemp -d "$scripts.XXXXXX")
  awk -v folder="$new" '/^=====> / { file = folder "/" $2; next } { print > file }' <<'END_OF_SCRIPTS'
# @scripts@
END_OF_SCRIPTS
  chmod 0755 "$new" "$new"/*
  scripts_changed=false
  if [ ! -e "$scripts" ] || ! diff -rq "$new" "$scripts/" >/dev/null 2>&1; then
    scripts_changed=true
    sync "$new"/* "$new"
    # A folder has the name where an older fullmesh was.
    if [ -d "$scripts" ] && [ ! -L "$scripts" ]; then mv "$scripts" "$new.before"; fi
    ln -s "${new##*/}" "$new.link"
    mv -T "$new.link" "$scripts"
    sync "${scripts%/*}"
  fi
  in_use=$(readlink "$scripts")
  # Those that were in use, the new ones if they are the same, and what a run that was killed has left.
  for old in "$scripts".*; do
    [ "${old##*/}" = "$in_use" ] || rm -rf "$old"
  done
  fingerprints "$scripts"/* >"$state/scripts.new"
  remember scripts "$state/scripts.new"
}

recovery="\
# Managed by fullmesh: completes what a change that was cut short left undone, before anything reads its files.
[Unit]
Description=fullmesh: completes a change that was cut short
DefaultDependencies=no
Conflicts=shutdown.target
ConditionPathExists=$state/committed
RequiresMountsFor=$state $scripts
After=local-fs.target
Before=shutdown.target fullmesh-firewall.service fullmesh-links.service fullmesh-uplinks.service strongswan.service fullmesh-names.service fullmesh-babeld.service fullmesh-healer.timer

[Service]
Type=oneshot
ExecStart=$scripts/apply --boot

[Install]
WantedBy=multi-user.target"

# It must be there before the first bundle, so it is in none.
place_recovery() {
  if cmp -s - "$recovery_unit" <<END && systemctl is-enabled --quiet "${recovery_unit##*/}"; then return; fi
$recovery
END
  printf '%s\n' "$recovery" >"$recovery_unit$half_written"
  chmod 0644 "$recovery_unit$half_written"
  mv "$recovery_unit$half_written" "$recovery_unit"
  # A boot is the next time that it may run, so systemd need not read it now.
  systemctl --quiet --no-reload enable "${recovery_unit##*/}"
  sync "$recovery_unit" "${recovery_unit%/*}"
}

# swanctl takes more than half of its time to load the plugins that read keys, and our scripts have it read none but where they load some. Not to load one at all is no
# setting. Debian's AppArmor profile of swanctl lets it read files in /etc/swanctl, and none in /run (/etc/apparmor.d/usr.sbin.swanctl).
place_swanctl_settings() {
  if cmp -s - "$swanctl_settings" <<END; then return; fi
$swanctl_text
END
  printf '%s\n' "$swanctl_text" >"$swanctl_settings$half_written"
  mv "$swanctl_settings$half_written" "$swanctl_settings"
}

swanctl_text="\
# Managed by fullmesh: for its scripts, where they ask charon.
include /etc/strongswan.conf
swanctl {
  load = nonce
}"

main() {
  node=$1
  # The shell has this text from stdin, and has read all of it now but for its end.
  cat >/dev/null
  hold_lock
  remember_what_was_found
  read_release
  # shellcheck disable=SC2086 # words on purpose
  install_packages $node_packages
  place_swanctl_settings
  place_scripts
  place_recovery
  printf '{"node":"%s","scriptsChanged":%s,"packages":"%s"}\n' "$node" "$scripts_changed" "$missing"
}

main "$@"
