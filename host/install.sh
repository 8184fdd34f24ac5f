# install NODE PORT ISOLATION [WHAT=VERSION...]: looks whether the node can be part of a mesh, then installs the packages and the scripts. Each WHAT, a word of a
# cipher proposal or `ppk`, needs a strongSwan of that version at least.
# Nothing is written before everything was looked at, and all that is wrong is said at once. This text is complete: the deployer puts the
# prelude before it, and the scripts in place of the line near its end.
# shellcheck shell=sh source=host/prelude.sh disable=SC2154

# Distributions that a node may run: ID and VERSION_ID of os-release(5), the strongSwan of their release, and the packages that make them a node. What else differs
# between them the scripts find out by looking: whether babeld has a unit of its own, say. libstrongswan-standard-plugins has openssl, and with it ed25519, up to
# strongSwan 5.9.
distributions() {
  cat <<'END'
debian 12     5.9.8   charon-systemd strongswan-swanctl libstrongswan-standard-plugins babeld nftables
debian 13     6.0.1   charon-systemd strongswan-swanctl babeld nftables
ubuntu 24.04  5.9.13  charon-systemd strongswan-swanctl libstrongswan-standard-plugins babeld nftables
END
}

log=/var/log/fullmesh-install.log
problems=0

problem() {
  problems=$((problems + 1))
  printf 'fullmesh: %s: %s\n    fix: %s\n' "$node" "$1" "$2" >&2
}

check_distribution() {
  distribution=$(awk -F= '{ gsub(/"/, "", $2); value[$1] = $2 } END { print value["ID"], value["VERSION_ID"] }' /etc/os-release)
  known=$(distributions | awk -v wanted="$distribution" '$1 " " $2 == wanted { $1 = $2 = ""; print }')
  read -r released_strongswan packages <<END
$known
END
  [ -n "$packages" ] || problem "this host runs \"$distribution\", and fullmesh knows $(distributions | awk '{ print $1, $2 }' | paste -sd, - | sed 's/,/, /g')" \
    "take the node out of the registry, or reinstall the host"
}

# Both by doing it: a module may be there and not load, or be built in and not be listed.
check_kernel() {
  modprobe -qa xfrm_interface esp4 esp6 2>/dev/null || :
  if ip link add name fm-preflight type xfrm if_id 0xfffffffe 2>/dev/null; then
    ip link del dev fm-preflight
  elif ! ip link show dev fm-preflight >/dev/null 2>&1; then
    problem "the kernel $(uname -r) cannot make XFRM interfaces (module xfrm_interface)" "boot a stock Debian kernel: apt-get install linux-image-amd64"
  fi
  esp="src 192.0.2.254 dst 192.0.2.253 proto esp spi 0xfffffff1"
  # shellcheck disable=SC2086 # words on purpose
  if ip xfrm state add $esp mode tunnel aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff00112233 128 encap espinudp 4500 4500 0.0.0.0 2>/dev/null; then
    ip xfrm state del $esp
  else
    problem "the kernel $(uname -r) cannot do ESP in UDP with AES-GCM (module esp4)" "boot a stock Debian kernel: apt-get install linux-image-amd64"
  fi
}

# With its first VRF the kernel makes a rule that stays, so this is for hosts alone on which nothing else is wrong.
check_vrf() {
  [ "$problems" = 0 ] || return 0
  if ip link add name fm-preflight type vrf table 0xfffffffe 2>/dev/null; then
    ip link del dev fm-preflight
  elif ! ip link show dev fm-preflight >/dev/null 2>&1; then
    problem "the kernel $(uname -r) cannot make a VRF (module vrf)" "boot a stock Debian kernel (apt-get install linux-image-amd64), or set the node's isolation to netns"
  fi
}

check_port() {
  holder=$(ss -Hlunp "sport = :$port" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | sort -u | paste -sd ' ' -)
  case $holder in
    "" | charon*) ;;
    *) problem "UDP port $port is in use by $holder" "stop it, or give the node another port in all its endpoints" ;;
  esac
}

# What runs here already and would get in each other's way with the mesh.
check_neighbours() {
  [ ! -e "$state/found-services" ] || return 0
  active=$(systemctl show --property=Id,ActiveState strongswan-starter.service strongswan.service babeld.service |
    awk -F= '$1 == "Id" { id = $2 } $0 == "ActiveState=active" { print id }')
  case $active in
    *strongswan-starter.service*) problem "strongswan-starter.service (ipsec.conf) is active here" "move its connections to swanctl.conf elsewhere, or take the node out of the registry" ;;
  esac
  case $active in
    *strongswan.service*)
      foreign=$(swanctl --list-conns --raw 2>/dev/null | sed 's/^list-conn event {\([^ ]*\) .*/\1/' | paste -sd ' ' -)
      [ -z "$foreign" ] || problem "strongSwan serves connections of its own here: $foreign" \
        "fullmesh would move its UDP ports: take these connections away, or the node out of the registry" ;;
  esac
  case $active in
    *babeld.service*) problem "a babeld of its own runs here (babeld.service)" "stop and disable it: two of them cannot share a host" ;;
  esac
}

# The strongSwan that is here, else the one that apt would install: the release's own, where there are no package lists yet.
find_strongswan() {
  found=$(dpkg-query -W -f '${db:Status-Status} ${Version}' strongswan-swanctl 2>/dev/null | sed -n 's/^installed //p')
  if [ -n "$found" ]; then strongswan="this host has $found"; return; fi
  found=$(apt-cache policy strongswan-swanctl 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  [ -n "$found" ] || found=$released_strongswan
  strongswan="apt would install ${found:-none}"
}

check_strongswan() {
  [ $# -gt 0 ] || return 0
  find_strongswan
  for need in "$@"; do
    dpkg --compare-versions "$found" ge "${need#*=}" && continue
    case $need in
      ppk=*) fix="pulumi config set fullmesh:ppk none" ;;
      *) fix="choose another fullmesh:cipherProfile, or other proposals where you wrote your own" ;;
    esac
    problem "${need%%=*} needs strongSwan ${need#*=}, and $strongswan" "$fix, or give the host a newer strongSwan"
  done
}

check_space() {
  free=$(df -Pk /var | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge 100 ] || problem "only ${free} MB are free on the file system of /var, and 100 are needed" "make room"
}

# Written once, before the first change: what `remove` must bring back.
remember_what_was_found() {
  [ ! -e "$state/found-services" ] || return 0
  install -d -m 0700 "$state"
  systemctl show --property=ActiveState,UnitFileState strongswan.service | sed 's/^/strongswan /' >"$state/found-services.new"
  mv "$state/found-services.new" "$state/found-services"
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1 </dev/null
}

install_packages() {
  # shellcheck disable=SC2086 # words on purpose
  there=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' $packages 2>/dev/null || :)"
  missing=""
  for package in $packages; do
    case $there in *" $package:installed "*) ;; *) missing="$missing $package" ;; esac
  done
  [ -n "$missing" ] || return 0
  # Else Debian would start both at once with settings that are not ours. Its postinst scripts reload systemd.
  ln -sf /dev/null /run/systemd/system/strongswan.service
  case $missing in *babeld*) ln -sf /dev/null "$babeld_mask" ;; esac
  dpkg-query -W -f '${binary:Package}\n' | sort >"$state/packages-before"
  # shellcheck disable=SC2086 # words on purpose
  if apt update && apt install -y --no-install-recommends $missing; then installed=true; else installed=false; fi
  dpkg-query -W -f '${binary:Package}\n' | sort | comm -13 "$state/packages-before" - >>"$state/installed-packages"
  rm -f "$state/packages-before"
  rm -f /run/systemd/system/strongswan.service
  $installed || fail "apt-get could not install$missing; the end of its output (all of it is in $log):
$(tail -n 15 "$log")"
}

# All scripts change at once: what has their name is a link, and one rename makes it lead to the new ones.
place_scripts() {
  new=$(mktemp -d "$scripts.XXXXXX")
  awk -v folder="$new" '/^=====> / { file = folder "/" $2; next } { print > file }' <<'END_OF_SCRIPTS'
# @scripts@
END_OF_SCRIPTS
  chmod 0755 "$new" "$new"/*
  scripts_changed=false
  if ! diff -rq "$new" "$scripts/" >/dev/null 2>&1; then
    scripts_changed=true
    sync "$new"/* "$new"
    # A folder has the name where an older fullmesh was.
    if [ -d "$scripts" ] && [ ! -L "$scripts" ]; then mv "$scripts" "$new.before"; fi
    ln -s "${new##*/}" "$new.link"
    mv -T "$new.link" "$scripts"
    sync "${scripts%/*}"
  fi
  # Those that were in use, the new ones if they are the same, and what a run that was killed has left.
  for old in "$scripts".*; do
    [ "${old##*/}" = "$(readlink "$scripts")" ] || rm -rf "$old"
  done
  find "$scripts/" -type f | sort | remember scripts
}

recovery() {
  cat <<END
# Managed by fullmesh: completes what a change that was cut short left undone, before anything reads its files.
[Unit]
Description=fullmesh: completes a change that was cut short
ConditionPathExists=$state/committed
RequiresMountsFor=$state
Before=fullmesh-firewall.service fullmesh-links.service fullmesh-uplinks.service strongswan.service fullmesh-names.service fullmesh-babeld.service fullmesh-healer.timer

[Service]
Type=oneshot
ExecStart=$scripts/apply --boot

[Install]
WantedBy=multi-user.target
END
}

# It must be there before the first bundle, so it is in none.
place_recovery() {
  if recovery | cmp -s - "$recovery_unit" && systemctl is-enabled --quiet "${recovery_unit##*/}"; then return; fi
  recovery >"$recovery_unit$half_written"
  chmod 0644 "$recovery_unit$half_written"
  mv "$recovery_unit$half_written" "$recovery_unit"
  systemctl --quiet enable "${recovery_unit##*/}"
  sync "$recovery_unit" "${recovery_unit%/*}"
}

main() {
  node=$1 port=$2 isolation=$3
  shift 3
  # The shell has this text from stdin, and has read all of it now but for its end.
  cat >/dev/null
  [ "$(id -u)" = 0 ] || fail "the login is not root and sudo did not make it so"
  check_distribution
  check_kernel
  check_port
  check_neighbours
  check_strongswan "$@"
  check_space
  if [ "$isolation" = vrf ]; then check_vrf; fi
  [ "$problems" = 0 ] || exit 1
  hold_lock
  remember_what_was_found
  install_packages
  place_scripts
  place_recovery
  printf '{"node":"%s","scriptsChanged":%s,"packages":"%s"}\n' "$node" "$scripts_changed" "${missing# }"
}

main "$@"
