#!/bin/sh
# Packages of a node, and what is remembered before the first change, for the scripts that the deployer sends: it puts the prelude and this before them.
# shellcheck shell=sh source=host/prelude.sh disable=SC2034,SC2154

# Distributions that a node may run: ID and VERSION_ID of os-release(5), the strongSwan of their release, and the packages that make them a node. What else differs
# between them the scripts find out by looking: whether babeld has a unit of its own, say. libstrongswan-standard-plugins has openssl, and with it ed25519, up to
# strongSwan 5.9. iputils-ping, with which `verify` looks at what a path carries, is in no minimal installation of them.
distributions="\
debian 12     5.9.8   charon-systemd strongswan-swanctl libstrongswan-standard-plugins babeld nftables iputils-ping
debian 13     6.0.1   charon-systemd strongswan-swanctl babeld nftables iputils-ping
ubuntu 24.04  5.9.13  charon-systemd strongswan-swanctl libstrongswan-standard-plugins babeld nftables iputils-ping"

log=/var/log/fullmesh-install.log

os_release=/etc/os-release

# Into $distribution ID and VERSION_ID of this host: os-release(5) has shell assignments, with either kind of quotes or none.
read_distribution() {
  os="" version=""
  while IFS='=' read -r key value || [ -n "$key" ]; do
    value=${value#[\"\']}
    value=${value%[\"\']}
    case $key in
      ID) os=$value ;;
      VERSION_ID) version=$value ;;
    esac
  done <"$os_release"
  distribution="$os $version"
}

# Into $release_strongswan and $node_packages what the table has for this host; nothing, if it is not in it.
read_release() {
  read_distribution
  release_strongswan="" node_packages=""
  while read -r os version strongswan packages; do
    [ "$os $version" != "$distribution" ] || release_strongswan=$strongswan node_packages=$packages
  done <<END
$distributions
END
}

# find_missing PACKAGE...: into $missing those that are not installed.
find_missing() {
  there=$(dpkg-query -W -f '${Package}:${db:Status-Status} ' "$@" 2>/dev/null) || :
  missing=""
  for package in "$@"; do
    case " $there" in *" $package:installed "*) ;; *) missing="$missing $package" ;; esac
  done
  missing=${missing# }
}

# Written once, before the first change: what `remove` must bring back.
remember_what_was_found() {
  [ ! -e "$state/found-services" ] || return 0
  while read -r line; do printf 'strongswan %s\n' "$line"; done <<END >"$state/found-services.new"
$(systemctl show --property=ActiveState,UnitFileState strongswan.service)
END
  mv "$state/found-services.new" "$state/found-services"
}

# How often apt is run again while another has one of its locks, and how many seconds later: 120 s in all. DPkg::Lock::Timeout would be for dpkg's locks alone, and
# not for those of the package lists and the archive (seen with apt 2.6.2).
lock_tries=40 lock_seconds=3
# apt 3 may write out the first word.
lock_held='^E(rror)?: Could not get lock '

# apt ARGUMENT...: $waited is true where a lock kept it from running to the last. Such a run has changed nothing. It asks nothing: of a configuration file that is there,
# as from a package that was removed and not purged, dpkg would want to know which to take, whatever DEBIAN_FRONTEND says. And needrestart, which Ubuntu has by
# default, would restart services of the host's own.
apt() {
  waited=false
  for _ in $(seq "$lock_tries"); do
    said=$(wc -c <"$log")
    ! DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >>"$log" 2>&1 </dev/null ||
      return 0
    tail -c +$((said + 1)) "$log" | grep -Eq "$lock_held" || return 1
    sleep "$lock_seconds"
  done
  waited=true
  return 1
}

# install_packages PACKAGE...: those that are not there, which $missing names afterwards. Where all are, apt does not run. None of the host's own goes for one of ours.
install_packages() {
  find_missing "$@"
  [ -n "$missing" ] || return 0
  # Else Debian would start them at once with settings that are not ours. Its postinst scripts reload systemd.
  case $missing in *charon-systemd*) ln -sf /dev/null "$strongswan_mask" ;; esac
  case $missing in *babeld*) ln -sf /dev/null "$babeld_mask" ;; esac
  dpkg-query -W -f '${binary:Package}\n' >"$state/packages-before"
  touch "$log"
  # Where one source of several fails, as another vendor's that is gone, the packages may be in the others.
  # shellcheck disable=SC2086 # words on purpose
  if { apt update || ! $waited; } && apt install -y --no-remove --no-install-recommends $missing; then installed=true; else installed=false; fi
  dpkg-query -W -f '${binary:Package}\n' | grep -vxFf "$state/packages-before" >>"$state/installed-packages" || :
  rm -f "$state/packages-before" "$strongswan_mask"
  $installed || ! $waited || fail "apt-get could not install $missing: for $((lock_tries * lock_seconds)) s, another program has had a lock
    $(grep -E "$lock_held" "$log" | tail -n 1)
    fix: wait until that process has ended, and deploy again"
  $installed || fail "apt-get could not install $missing; the end of its output (all of it is in $log):
$(tail -n 15 "$log")"
}

