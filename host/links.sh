#!/bin/sh
# links up|fence|prune|down|away|check: the interfaces of /etc/fullmesh/links.conf, its networks that are unreachable but for babel's routes, and its fallback routes to
# peers.
#   up     makes what is missing and mends what differs; what is right is not touched
#   fence  of that, only the networks that are unreachable
#   prune  removes what we once made and the table no longer has
#   down   removes all that we made but the fence, and gives the kernel's settings back as they were found
#   away   removes the fence, too: with no route of the overlay, packets for it go by the default route
#   check  changes nothing, and prints what `up` would do: `ip COMMAND`, `sysctl KEY IS SHOULD`, `namespace NAME`
# Where the overlay has a network namespace, all of this happens there.
# Prints the commands that it gave to ip(8), so nothing where nothing was to be done. All of them go in one batch: a node may have hundreds.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

table=$config/links.conf
made=$state/interfaces
sysctl_found=$state/found-sysctl
ipv6=/proc/sys/net/ipv6/conf
lock=$run/links.lock
routers=$run/found-routers
work=$run/links.$$
# Any other route comes before it.
last_metric=4294967295

# Tells our fallback routes from all others, so that the kernel is the record of them. No one else's in /etc/iproute2/rt_protos.
fallback_proto=77

# Into $work/routes those of ours: lines `unreachable NETWORK` and `fallback ADDRESS NEXT_HOP INTERFACE SOURCE METRIC`.
read_routes() {
  for family in -4 -6; do
    ip "$family" -batch - <<END || :
route show type unreachable
route show proto $fallback_proto
END
  done >"$work/all-routes"
  awk -v unreachable_metric="$last_metric" '
    {
      is_unreachable = $1 == "unreachable"
      split("", value)
      for (i = 2; i < NF; i++) value[$i] = $(i + 1)
      if (value["via"] == "inet6") value["via"] = value["inet6"]
    }
    !is_unreachable { print "fallback", $1, value["via"], value["dev"], value["src"], value["metric"] }
    is_unreachable && value["metric"] == unreachable_metric {
      # ip(8) leaves out the length of the prefix of one address.
      print $1, $2 ~ /\// ? $2 : $2 ($2 ~ /:/ ? "/128" : "/32")
    }
  ' "$work/all-routes" >"$work/routes"
}

# set_ipv6_forwarding VALUE: of the host as a whole, as the kernel has it (ip-sysctl, conf/all/forwarding), while each of its interfaces stays the host or router that
# it was, and so goes on to take router advertisements or not. What they were is on the disk until they are so again.
set_ipv6_forwarding() {
  (cd "$ipv6" && for interface in *; do
    case $interface in all | fm*) ;; *) echo "$interface $(cat "$interface/forwarding")" ;; esac
  done) >"$routers.new"
  mv "$routers.new" "$routers"
  # The kernel drops default routes from router advertisements now, but for those by an interface with 2.
  (cd "$ipv6" && grep -lx 1 ./*/accept_ra) >"$work/accept-ra" || :
  accept_advertisements 2
  echo "$1" >"$ipv6/all/forwarding"
  keep_routers
  accept_advertisements 1
}

keep_routers() {
  [ -e "$routers" ] || return 0
  while read -r interface value; do
    [ ! -e "$ipv6/$interface" ] || echo "$value" >"$ipv6/$interface/forwarding"
  done <"$routers"
  rm -f "$routers"
}

accept_advertisements() {
  while read -r file; do echo "$1" >"$ipv6/$file"; done <"$work/accept-ra"
}

# set_kernel KEY VALUE. All interfaces of a namespace of ours are the mesh's.
set_kernel() {
  case ${netns:-none}:$1 in
    none:net/ipv6/conf/all/forwarding) set_ipv6_forwarding "$2" ;;
    *) echo "$2" >"/proc/sys/$1" ;;
  esac
}

# The kernel settings of the table and of its interfaces that are not as they should be: lines `KEY IS SHOULD`. No peer gives us a default route. A host on which IPv6
# is disabled has it on our interfaces alone.
plan_kernel() {
  awk '
    function want(key, value) { getline is < ("/proc/sys/" key); if (is != value) print key, is, value }
    $1 == "sysctl" { want($2, $3) }
    $1 == "overlay" || $1 == "link" { want("net/ipv6/conf/" $2 "/disable_ipv6", 0) }
    $1 == "link" { want("net/ipv4/conf/" $2 "/forwarding", 1); want("net/ipv4/conf/" $2 "/rp_filter", 0); want("net/ipv6/conf/" $2 "/accept_ra", 0); want("net/ipv6/conf/" $2 "/forwarding", 1) }
  ' "$table"
}

# What was found of host-wide settings is noted before the first change.
change_kernel() {
  keep_routers
  plan_kernel >"$work/kernel"
  while read -r key is should; do
    case $key in
      */fm*) ;;
      *) [ -e "$sysctl_found" ] && grep -q "^$key " "$sysctl_found" || echo "$key $is" >>"$sysctl_found" ;;
    esac
    set_kernel "$key" "$should"
    echo "sysctl $key $should"
  done <"$work/kernel"
}

restore_kernel() {
  [ -e "$sysctl_found" ] || return 0
  while read -r key value; do set_kernel "$key" "$value"; done <"$sysctl_found"
  rm "$sysctl_found"
}

# Names that we make are written down before they are made, so that a crash in between leaves nothing behind that nobody owns: interfaces, and networks that are
# unreachable, which have a slash in their names.
record_names() {
  awk -v made="$made" '
    BEGIN { while ((getline line < made) > 0) known[line] }
    ($1 == "overlay" || $1 == "link" || $1 == "unreachable") && !($2 in known) { print $2 }
  ' "$table" >"$work/new"
  [ -s "$work/new" ] || return 0
  cat "$made" "$work/new" >"$made.new" 2>/dev/null || :
  mv "$made.new" "$made"
}

# The commands for ip(8) that make networks unreachable, as far as they are not: by $work/routes.
plan_fence() {
  awk -v routes="$work/routes" -v metric="$last_metric" '
    BEGIN { while ((getline line < routes) > 0) standing[line] }
    $1 == "unreachable" && !(($1 " " $2) in standing) { print "route add unreachable " $2 " metric " metric }
  ' "$table"
}

# The commands for ip(8) that bring interfaces and routes from as they are to the table.
plan_up() {
  ip -d address show >"$work/interfaces"
  read_routes
  plan_fence
  awk -v interfaces="$work/interfaces" -v routes="$work/routes" -v proto="$fallback_proto" \
    -v underlay="${netns:+link-netns $netns-underlay }" '
    function address(interface, value) { if (!((interface, value) in has)) print "address add " value " dev " interface (value ~ /:/ ? " nodad" : "") }
    function up(interface) { if (!(interface in is_up)) print "link set dev " interface " up" }
    # The routes of an interface go with it.
    function fallback(interface, metric, next_hop, to, source) {
      if ((("fallback " to " " next_hop " " interface " " source " " metric) in standing) && !(interface in renewed)) return
      print "route replace " to " via " (to ~ /:/ ? "" : "inet6 ") next_hop " dev " interface (to ~ /:/ ? "" : " onlink") " src " source " metric " metric " proto " proto
    }
    BEGIN {
      while ((getline line < interfaces) > 0) {
        n = split(line, word, " ")
        if (line ~ /^[0-9]+: /) {
          name = word[2]; sub(/[@:].*/, "", name)
          exists[name] = 1
          if (word[3] ~ /[<,]UP[,>]/) is_up[name] = 1
          for (i = 4; i < n; i++) if (word[i] == "mtu") mtu[name] = word[i + 1]
        }
        if (word[1] == "xfrm" && word[2] == "if_id") if_id[name] = word[3]
        if (word[1] !~ /^inet6?$/) continue
        has[name, word[2]] = 1
        if (line ~ / scope global/) global[name] = global[name] " " word[2]
      }
      while ((getline line < routes) > 0) standing[line]
    }
    $1 == "overlay" {
      if (!($2 in exists)) print "link add name " $2 " type dummy"
      up($2)
      n = split(global[$2], old, " ")
      for (i = 1; i <= n; i++) if (old[i] != $3 && old[i] != $4) print "address del " old[i] " dev " $2
      address($2, $3); address($2, $4)
      own4 = $3; sub(/\/.*/, "", own4)
      own6 = $4; sub(/\/.*/, "", own6)
    }
    $1 == "link" {
      if (($2 in exists) && if_id[$2] != sprintf("0x%x", $3)) { print "link del dev " $2; renewed[$2]; delete exists[$2]; delete is_up[$2]; delete has[$2, $5]; delete mtu[$2] }
      # No address of the kernel'"'"'s own: it would be new at each start, and it is missing on some systems.
      if (!($2 in exists)) { print "link add name " $2 " " underlay "type xfrm if_id " $3; print "link set dev " $2 " addrgenmode none" }
      if (mtu[$2] != $4) print "link set dev " $2 " mtu " $4
      up($2)
      address($2, $5)
    }
    $1 == "fallback" { fallback($2, $3, $4, $5, own4); fallback($2, $3, $4, $6, own6) }
  ' "$table"
}

# An interface has no IPv6 address before its kernel settings let it have one.
links_up() {
  record_names
  plan_up >"$work/plan"
  sed -n '/^link/p' "$work/plan" >"$work/batch"
  run_batch
  change_kernel
  sed '/^link/d' "$work/plan" >"$work/batch"
  run_batch
}

run_batch() {
  [ -s "$work/batch" ] || return 0
  ip -batch "$work/batch" || fail "ip(8) refused one of these commands: $(cat "$work/batch")"
  cat "$work/batch"
}

# Before there is a network, and while there are no links.
fence() {
  record_names
  read_routes
  plan_fence >"$work/batch"
  run_batch
}

# plan_away TABLE: the commands for ip(8) that take away what we made and the table does not have. If a name is to go, those that stay are in $work/kept afterwards.
plan_away() {
  awk -v table="$1" -v made="$made" -v kept="$work/kept" -v proto="$fallback_proto" -v metric="$last_metric" '
    function is_there(interface, file, there) {
      file = "/sys/class/net/" interface "/ifindex"
      there = (getline line < file) > 0
      close(file)
      return there
    }
    BEGIN {
      while ((getline line < table) > 0) {
        split(line, word, " ")
        if (word[1] == "overlay" || word[1] == "link" || word[1] == "unreachable") wanted[word[2]]
        if (word[1] == "fallback") { wanted[word[5], word[2], word[3]]; wanted[word[6], word[2], word[3]] }
      }
    }
    $1 == "unreachable" { standing[$2] }
    $1 == "fallback" && !(($2, $4, $6) in wanted) { print "route del " $2 " dev " $4 " metric " $6 " proto " proto }
    END {
      while ((getline name < made) > 0) {
        if (name in wanted) { stay = stay name "\n"; continue }
        gone = 1
        if (name in standing) print "route del unreachable " name " metric " metric
        else if (name !~ /\// && is_there(name)) print "link del dev " name
      }
      if (gone) printf "%s", stay > kept
    }
  ' "$work/routes"
}

# remove_made TABLE: all that we made, less what the table has.
remove_made() {
  [ -s "$made" ] || return 0
  read_routes
  plan_away "$1" >"$work/batch"
  run_batch
  [ -e "$work/kept" ] || return 0
  cp "$work/kept" "$made.new"
  mv "$made.new" "$made"
}

# Interfaces that the kernel puts into each namespace.
everywhere='^[0-9]*: (lo|tunl0|sit0|ip6tnl0|gre0|gretap0|erspan0|ip6gre0|ip_vti0|ip6_vti0)[@:]'

# What somebody else has put into the namespace, or started there.
others() {
  ip -n "$netns" -o link show | grep -Ev "$everywhere" || :
  ip netns pids "$netns"
}

remove_namespace() {
  [ ! -e "/run/netns/$netns-underlay" ] || ip netns delete "$netns-underlay"
  [ -e "/run/netns/$netns" ] || return 0
  # Who looks in, as `status` does, is gone in a moment.
  [ -z "$(others)" ] || sleep 1
  if [ -n "$(others)" ]; then
    echo "fullmesh: the network namespace $netns stays, for it is in use: $(others)" >&2
  else
    ip netns delete "$netns"
  fi
}

in_a_vrf() {
  case $place in vrf*) "$scripts/vrf" "$1" ;; esac
}

takes_all_away() {
  case $1 in down | away) ;; *) false ;; esac
}

# With a namespace, its rules go too, whoever has loaded them.
in_the_namespace() {
  if [ "$1" = check ]; then
    if ! ip netns exec "$netns" true 2>/dev/null; then echo "namespace $netns"; return; fi
    in_a_vrf check
  elif [ "$1" = up ]; then
    make_namespace
    ip -n "$netns" link set dev lo up
    in_a_vrf up
    in_namespace nft list table inet fullmesh >/dev/null 2>&1 || "$scripts/firewall" load
  else
    drop_broken_names
    if takes_all_away "$1"; then in_a_vrf down; fi
  fi
  [ ! -e "/run/netns/$netns" ] || in_namespace env is_inside=yes "$0" "$1"
  if takes_all_away "$1"; then remove_namespace; fi
}

# Two at a time would make the same things. Not again where this script was called by itself, or by `firewall`.
take_turn() {
  [ -z "${has_turn:-}" ] || return 0
  mkdir -p "$run"
  exec 8>"$lock"
  flock -w 60 8 || fail "another \`links\` has been running on this node for a minute: see who holds $lock"
  export has_turn=yes
}

[ "${1:-}" = check ] || take_turn
read_place "$table"
if [ -n "$netns" ]; then
  [ "${is_inside:-}" = yes ] || { in_the_namespace "${1:-}"; exit; }
  # What is in the namespace was not found, but made by us.
  sysctl_found=$work/found-sysctl
fi
[ -d "$state" ] || mkdir -p "$state"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
case ${1:-} in
  up) links_up ;;
  fence) fence ;;
  prune) remove_made "$table" ;;
  down)
    grep '^unreachable ' "$table" >"$work/fence" || :
    remove_made "$work/fence"
    restore_kernel
    ;;
  away)
    remove_made /dev/null
    restore_kernel
    ;;
  check)
    plan_up >"$work/batch"
    while IFS= read -r line; do echo "ip $line"; done <"$work/batch"
    plan_kernel >"$work/kernel"
    while IFS= read -r line; do echo "sysctl $line"; done <"$work/kernel"
    ;;
  *) fail "usage: links up|fence|prune|down|away|check" ;;
esac
