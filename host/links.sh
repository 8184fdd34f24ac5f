#!/bin/sh
# links up|prune|down: the interfaces of /etc/fullmesh/links.conf.
#   up     makes what is missing and mends what differs; what is right is not touched
#   prune  removes the interfaces that we once made and that the table no longer has
#   down   removes all that we made
# Prints a line for each thing it did.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

table=$config/links.conf
made=$state/interfaces
ra_found=$state/found-accept-ra
sysctl_found=$state/found-sysctl

exists() { [ -e "/sys/class/net/$1" ]; }

# Written down before it is made, so that a crash in between leaves nothing behind that nobody owns.
record() {
  grep -qxF "$2" "$1" 2>/dev/null || printf '%s\n' "$2" >>"$1"
}

# set_kernel KEY VALUE: true if it had to be changed.
set_kernel() {
  [ "$(cat "/proc/sys/$1")" != "$2" ] && echo "$2" >"/proc/sys/$1"
}

# With forwarding on, an interface with accept_ra 1 ignores router advertisements, and the host loses its IPv6 default route; 2 keeps them.
keep_router_advertisements() {
  for file in /proc/sys/net/ipv6/conf/*/accept_ra; do
    interface=${file%/accept_ra}
    interface=${interface##*/}
    case $interface in all | lo | fm*) continue ;; esac
    if [ "$(cat "$file")" = 1 ]; then
      record "$ra_found" "$interface"
      echo 2 >"$file"
      echo "accept_ra 2 on $interface"
    fi
  done
}

set_sysctl() {
  keep_router_advertisements
  if ! grep -q "^$1 " "$sysctl_found" 2>/dev/null; then
    printf '%s %s\n' "$1" "$(cat "/proc/sys/$1")" >>"$sysctl_found"
  fi
  if set_kernel "$1" "$2"; then echo "sysctl $1 = $2"; fi
}

has_address() {
  ip -o address show dev "$1" | grep -qF " $2 "
}

add_address() {
  if ! has_address "$1" "$2"; then
    case $2 in
      *:*) ip address add "$2" dev "$1" nodad ;;
      *) ip address add "$2" dev "$1" ;;
    esac
    echo "address $2 on $1"
  fi
}

set_up() {
  if ! ip -o link show dev "$1" | grep -q '[<,]UP[,>]'; then
    ip link set dev "$1" up
    echo "up $1"
  fi
}

overlay_up() {
  record "$made" "$1"
  if ! exists "$1"; then
    ip link add name "$1" type dummy
    echo "made $1"
  fi
  set_up "$1"
  for address in $(ip -o address show dev "$1" scope global | awk '{ print $4 }'); do
    case $address in
      "$2" | "$3") ;;
      *)
        ip address del "$address" dev "$1"
        echo "address $address off $1"
        ;;
    esac
  done
  add_address "$1" "$2"
  add_address "$1" "$3"
}

link_up() {
  record "$made" "$1"
  if exists "$1" && ! ip -d -o link show dev "$1" | grep -q "xfrm if_id 0x$(printf %x "$2") "; then
    ip link del dev "$1"
    echo "removed $1"
  fi
  if ! exists "$1"; then
    # No address of the kernel's own: it would be new at each start, and it is missing on some systems.
    ip link add name "$1" type xfrm if_id "$2"
    ip link set dev "$1" addrgenmode none
    echo "made $1"
  fi
  if [ "$(cat "/sys/class/net/$1/mtu")" != "$3" ]; then
    ip link set dev "$1" mtu "$3"
    echo "mtu $3 on $1"
  fi
  set_kernel "net/ipv6/conf/$1/disable_ipv6" 0 || :
  set_kernel "net/ipv4/conf/$1/forwarding" 1 || :
  set_kernel "net/ipv4/conf/$1/rp_filter" 0 || :
  set_up "$1"
  add_address "$1" "$4"
}

each_line() {
  while read -r kind one two three four; do
    case $kind in
      sysctl) set_sysctl "$one" "$two" ;;
      overlay) overlay_up "$one" "$two" "$three" ;;
      link) link_up "$one" "$two" "$three" "$four" ;;
    esac
  done <"$table"
}

# remove_made: all that we made, less the names on stdin.
remove_made() {
  [ -e "$made" ] || return 0
  keep=$(cat)
  while read -r name; do
    if printf '%s\n' "$keep" | grep -qxF "$name"; then continue; fi
    if exists "$name"; then
      ip link del dev "$name"
      echo "removed $name"
    fi
  done <"$made"
  printf '%s\n' "$keep" | sed '/^$/d' | replace 0600 "$made" || :
}

mkdir -p "$state"
case ${1:-} in
  up) each_line ;;
  prune) awk '$1 == "overlay" || $1 == "link" { print $2 }' "$table" | remove_made ;;
  down) remove_made </dev/null ;;
  *) fail "usage: links up|prune|down" ;;
esac
