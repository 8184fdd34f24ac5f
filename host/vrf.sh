#!/bin/sh
# vrf up|down: where the node has the overlay in a VRF, the VRF itself with the node's overlay addresses, and its way to the links. babeld cannot work in a VRF (it
# takes the VRF for the interface that a packet came by), so links and babeld are in a network namespace, which hands on between them and the VRF by a pair of
# veth interfaces. It has the overlay addresses, too, for babeld to announce and to be the source of its ICMP errors, but what is for them goes on to the VRF.
#   up    makes what is missing, mends what differs, and takes away what was for other addresses or networks; what is right is not touched
#   down  takes all of it away, but for a VRF that is in use
# Prints the commands that it gave to ip(8).
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

links_table=$config/links.conf
# In the VRF, and in the namespace.
near=fm-veth far=host-veth
near_address=fe80::2 far_address=fe80::1
# In the namespace, before its local table and the main one.
own_pref=10 local_pref=100

# words LINE: the rest of a line of the table of links.
words() { sed -n "s/^$1 //p" "$links_table"; }

# run_batch SIDE: the commands on stdin, given to ip(8) with the options SIDE.
run_batch() {
  cat >"$work/batch"
  [ -s "$work/batch" ] || return 0
  # shellcheck disable=SC2086 # words on purpose
  ip $1 -batch "$work/batch" || fail "ip(8) refused one of these commands: $(cat "$work/batch")"
  cat "$work/batch"
}

# plan_interface NAME MTU [MASTER], with `ip -o -d link show` of it on stdin.
plan_interface() {
  awk -v name="$1" -v mtu="$2" -v master="${3:-}" '
    { there = there $0 " " }
    function want(pattern, what) { if (there !~ pattern) print "link set dev " name " " what }
    END {
      want(" addrgenmode none ", "addrgenmode none")
      if (mtu) want(" mtu " mtu " ", "mtu " mtu)
      if (master) want(" master " master " ", "master " master)
      want("[<,]UP[,>]", "up")
    }
  '
}

show() { ip -o -d "$@" 2>/dev/null || :; }

make_interfaces() {
  {
    [ -e "/sys/class/net/$vrf" ] || echo "link add name $vrf type vrf table $number"
    show link show dev "$vrf" | plan_interface "$vrf" ""
    [ -e "/sys/class/net/$near" ] || echo "link add name $near type veth peer name $far netns $netns"
    show link show dev "$near" | plan_interface "$near" "$mtu" "$vrf"
  } | run_batch ""
  show -n "$netns" link show dev "$far" | plan_interface "$far" "$mtu" | run_batch "-n $netns"
  # The namespace's ICMP errors come from the node's own address; and there may be networks behind the VRF.
  for key in accept_local forwarding; do
    [ "$(cat "/proc/sys/net/ipv4/conf/$near/$key")" = 1 ] || echo 1 >"/proc/sys/net/ipv4/conf/$near/$key"
  done
}

# is SIDE FAMILY: the addresses and routes that are ours, and the rules of the namespace, in the words of the commands that make them.
# shellcheck disable=SC2086 # words on purpose
is() {
  ip $1 "$2" -o address show | awk -v vrf="$vrf" -v near="$near" -v far="$far" '
    $2 == near || $2 == far || $2 == vrf && / scope global/ { print "address", $4, "dev", $2 }
  '
  ip $1 "$2" route show table all | awk -v near="$near" -v far="$far" '
    $2 == "via" {
      split("", value)
      for (i = 2; i < NF; i++) value[$i] = $(i + 1)
      if (value["dev"] == near || value["dev"] == far)
        print "route", $1, "via", ($3 == "inet6" ? $3 " " $4 : $3), "dev", value["dev"] ("table" in value ? " table " value["table"] : "")
    }
  '
  [ -n "$1" ] || return 0
  ip $1 "$2" rule show | awk -v own="$own_pref:" -v local="$local_pref:" '
    $1 == "0:" || $1 == own || $1 == local { sub(/:/, "", $1); sub(/ from all/, ""); print "rule pref", $0 }
  '
}

# towards ADDRESS: as the next hop of a route of the family.
towards() { case $family in -4) echo "via inet6 $1" ;; -6) echo "via $1" ;; esac; }

# change SIDE: from what is to what should be, which is on stdin. What is new comes first.
change() {
  cat >"$work/should"
  is "$1" "$family" >"$work/is"
  {
    grep -vxFf "$work/is" "$work/should" | sed 's/^[a-z]* /&add /; /^address .*:/s/$/ nodad/'
    grep -vxFf "$work/should" "$work/is" | sed 's/^[a-z]* /&del /'
  } >"$work/difference" || :
  run_batch "$1 $family" <"$work/difference"
}

# of_family: those of the networks on stdin.
of_family() {
  case $family in -4) grep -v : ;; -6) grep : ;; esac || :
}

up() {
  make_interfaces
  for family in -4 -6; do
    own=$(words overlay | tr ' ' '\n' | grep / | of_family)
    {
      echo "address $own dev $vrf"
      [ "$family" = -4 ] || echo "address $near_address/64 dev $near"
      echo "route default $(towards "$far_address") dev $near table $number"
    } | change ""
    {
      [ "$family" = -4 ] || echo "address $far_address/64 dev $far"
      echo "route ${own%/*} $(towards "$near_address") dev $far table $number"
      words behind | of_family | sed "s/^/route /; s|\$| $(towards "$near_address") dev $far|"
      echo "rule pref $local_pref lookup local"
      echo "rule pref $own_pref to ${own%/*} lookup $number"
    } | change "-n $netns"
  done
}

# What somebody else has put into the VRF, or started there.
others() {
  ip -o link show master "$vrf" | grep -v "^[0-9]*: $near@" || :
  ip vrf pids "$vrf" 2>/dev/null || :
}

down() {
  [ ! -e "/sys/class/net/$near" ] || echo "link del dev $near" | run_batch ""
  for family in -4 -6; do
    # The namespace may stay.
    [ ! -e "/run/netns/$netns" ] || echo "rule pref 0 lookup local" | change "-n $netns"
    : | change ""
  done
  [ -e "/sys/class/net/$vrf" ] || return 0
  if [ -n "$(others)" ]; then
    echo "fullmesh: the VRF $vrf stays, for it is in use: $(others)" >&2
  else
    echo "link del dev $vrf" | run_batch ""
  fi
}

netns=$(namespace_in "$links_table")
# They have one name.
vrf=$netns
read -r number mtu <<END
$(words vrf)
END
mkdir -p "$run"
work=$(mktemp -d "$run/vrf.XXXXXX")
trap 'rm -rf "$work"' EXIT
case ${1:-} in
  up) up ;;
  down) down ;;
  *) fail "usage: vrf up|down" ;;
esac
