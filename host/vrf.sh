#!/bin/sh
# vrf up|down|check: where the node has the overlay in a VRF, the VRF itself, and its way to the links. babeld cannot work in a VRF (it takes the VRF for the interface
# that a packet came by), so links and babeld are in a network namespace, which hands on between them and the VRF by a pair of veth interfaces: what is for the node
# goes to the end in the VRF, which has the overlay addresses. The namespace has them, too, for babeld to announce and as the source of its ICMP errors.
#   up    makes what is missing, mends what differs, and takes away what was for other addresses or networks; what is right is not touched
#   down  takes all of it away, but for a VRF that is in use
#   check changes nothing, and prints what `up` would do, `ip COMMAND` and `sysctl KEY IS SHOULD`
# Prints the commands that it gave to ip(8).
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

links_table=$config/links.conf
# The end in the VRF, and the one in the namespace.
near=fullmesh-links far=fullmesh-vrf
near_address=fe80::2 far_address=fe80::1
# In the namespace: what is for the node, before its local table, whose number is 255.
own_pref=10 local_pref=100 local=255
# Tells our routes from all others, those of `links` among them.
proto=78
# Any other route comes before it.
last_metric=4294967295

# words LINE: the rest of a line of the table of links.
words() { sed -n "s/^$1 //p" "$links_table"; }

# run_batch SIDE: the commands on stdin, given to ip(8) with the options SIDE.
run_batch() {
  cat >"$work/batch"
  [ -s "$work/batch" ] || return 0
  [ "$only_check" = no ] || { sed 's/^/ip /' "$work/batch"; return 0; }
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

is_there() { [ -e "/sys/class/net/$1" ]; }

is_ours() { show link show dev "$vrf" | grep -q " vrf table $number "; }

make_vrf() {
  if is_there "$vrf"; then is_ours || fail "the interface $vrf of this host is no VRF with the table $number: rename it, or set the node's isolation to netns"; fi
  {
    is_there "$vrf" || echo "link add name $vrf type vrf table $number"
    show link show dev "$vrf" | plan_interface "$vrf" ""
  } | run_batch ""
  # The kernel makes this rule with its first VRF and never again.
  for family in -4 -6; do
    ip "$family" rule show | grep -q 'lookup \[l3mdev-table\]' || echo "rule add l3mdev pref 1000" | run_batch "$family"
  done
}

make_way() {
  # Where somebody has deleted the namespace, the other end may live on in it.
  if is_there "$near" && [ -z "$(show -n "$netns" link show dev "$far")" ]; then echo "link del dev $near" | run_batch ""; fi
  {
    is_there "$near" || echo "link add name $near type veth peer name $far netns $netns"
    show link show dev "$near" | plan_interface "$near" "$mtu" "$vrf"
  } | run_batch ""
  show -n "$netns" link show dev "$far" | plan_interface "$far" "$mtu" | run_batch "-n $netns"
  # The namespace's ICMP errors come from the node's own address; and there may be networks behind the VRF.
  set_kernel ipv4 accept_local 1
  set_kernel ipv4 forwarding 1
  set_kernel ipv6 disable_ipv6 0
}

# set_kernel FAMILY KEY VALUE: of the end in the VRF.
set_kernel() {
  file=/proc/sys/net/$1/conf/$near/$2
  found=$(cat "$file" 2>/dev/null || :)
  if [ "$found" = "$3" ]; then return; fi
  if [ "$only_check" = no ]; then echo "$3" >"$file"; else echo "sysctl net/$1/conf/$near/$2 ${found:-none} $3"; fi
}

# is SIDE FAMILY INTERFACE: its addresses, the routes that are ours, and the rules of the namespace, in the words of the commands that make them.
# shellcheck disable=SC2086 # words on purpose
is() {
  ip $1 "$2" -o address show dev "$3" 2>/dev/null | awk '{ print "address", $4, "dev", $2 }'
  ip $1 "$2" -N route show table all proto "$proto" | awk -v interface="$3" '
    {
      # With -N, its number.
      unreachable = $1 == "unreachable" || $1 == 7
      if (unreachable) $1 = "unreachable " $2
      split("", value)
      for (i = 2; i < NF; i++) value[$i] = $(i + 1)
      if (value["via"] == "inet6") value["via"] = "inet6 " value["inet6"]
      what = "route " $1
      if (!unreachable && value["dev"] != interface) next
      if (!unreachable) what = what " via " value["via"] " dev " interface
      else if (value["table"]) what = what " metric " value["metric"]
      else next
      print what ("table" in value ? " table " value["table"] : "")
    }
  '
  [ -n "$1" ] || return 0
  ip $1 "$2" -N rule show | awk -v own="$own_pref:" -v local="$local_pref:" '
    $1 == "0:" || $1 == own || $1 == local { sub(/:/, "", $1); sub(/ from all/, ""); print "rule pref", $0 }
  '
}

# change SIDE INTERFACE: from what is to what should be, which is on stdin. What is new comes first.
change() {
  cat >"$work/should"
  is "$1" "$family" "$2" >"$work/is"
  {
    grep -vxFf "$work/is" "$work/should" | sed "s/^[a-z]* /&add /; /^address .*:/s/\$/ nodad/; /^route /s/\$/ proto $proto/"
    grep -vxFf "$work/should" "$work/is" | sed "s/^[a-z]* /&del /; /^route /s/\$/ proto $proto/"
  } >"$work/difference" || :
  run_batch "$1 $family" <"$work/difference"
}

# of_family: those of the networks on stdin, as ip(8) prints them.
of_family() {
  case $family in -4) grep -v : ;; -6) grep : ;; esac | sed "s|/$bits\$||"
}

# Where there is no better route, nothing goes on to the host's main table and leaves in clear, and nothing goes back and forth between VRF and namespace.
fence() {
  { echo default; words behind | of_family; } | sed "s|.*|route unreachable & metric $last_metric table $number|"
}

host_should() {
  fence
  [ "$family" = -4 ] || echo "address $near_address/64 dev $near"
  echo "address $own/$bits dev $near"
  echo "route default $via $far_address dev $near table $number"
}

namespace_should() {
  [ "$family" = -4 ] || echo "address $far_address/64 dev $far"
  echo "route $own $via $near_address dev $far table $number"
  words behind | of_family | sed "s|.*|route & $via $near_address dev $far|"
  echo "rule pref $local_pref lookup $local"
  echo "rule pref $own_pref to $own lookup $number"
}

set_family() {
  family=$1
  case $family in -4) bits=32 via="via inet6" ;; -6) bits=128 via=via ;; esac
}

up() {
  make_vrf
  make_way
  for each in -4 -6; do
    set_family "$each"
    own=$(words overlay | tr ' ' '\n' | grep / | of_family)
    host_should | change "" "$near"
    namespace_should | change "-n $netns" "$far"
  done
}

# What somebody else has put into the VRF, started there, or bound to it.
others() {
  is_ours || return 0
  ip -o link show master "$vrf" | grep -v "^[0-9]*: $near@" || :
  find /sys/fs/cgroup -path "*/vrf/$vrf/cgroup.procs" -exec cat {} + 2>/dev/null || :
  ss -Htunwa "dev = $vrf"
}

down() {
  in_use=$(others)
  if is_there "$near"; then echo "link del dev $near" | run_batch ""; fi
  for each in -4 -6; do
    set_family "$each"
    # The namespace may stay, too.
    [ ! -e "/run/netns/$netns" ] || echo "rule pref 0 lookup $local" | change "-n $netns" "$far"
    if [ -n "$in_use" ]; then fence; fi | change "" "$near"
  done
  if [ -n "$in_use" ]; then
    echo "fullmesh: the VRF $vrf stays, for it is in use: $in_use" >&2
  elif is_ours; then
    echo "link del dev $vrf" | run_batch ""
  fi
}

read_place "$links_table"
# They have one name.
vrf=$netns
read -r number mtu <<END
$(words vrf)
END
mkdir -p "$run"
work=$(mktemp -d "$run/vrf.XXXXXX")
trap 'rm -rf "$work"' EXIT
only_check=no
case ${1:-} in
  up) up ;;
  check)
    only_check=yes
    up
    ;;
  down) down ;;
  *) fail "usage: vrf up|down|check" ;;
esac
