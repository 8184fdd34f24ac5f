#!/bin/sh
# uplinks watch|sync|check|down: routing for the links that must leave by one uplink (/etc/fullmesh/uplinks.conf), and for nothing else: their packets bear the uplink's mark,
# and the mark leads to a table of that number with the uplink's routes from the main table.
#   watch  brings rules and tables up to date, and again whenever a route of an uplink changes
#   sync   does so once
#   check  changes nothing, and prints `uplink INTERFACE FAMILY WHAT` where `sync` would: `rule` or `routes`
#   down   removes both
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

table=$config/uplinks.conf
# Before the main table, which has 32766.
priority=5200

uplinks() { awk '$1 == "uplink" { print $2, $3 == "ip6" ? "-6" : "-4", $4 }' "$table"; }

# What of a route makes it the same as another: without what the kernel or its maker notes on it.
route_lines() { sed -E 's/ proto [^ ]+//; s/ (linkdown|dead)//g; s/ expires [0-9]+sec//; s/ error [0-9-]+//; s/ pref [a-z]+//; s/ +$//'; }

# Into $work/batch the commands for ip(8) that bring the table of an uplink up to date. With the uplink down there are no routes, and then the main table decides.
plan_routes() { # INTERFACE FAMILY MARK
  ip "$2" route show table main dev "$1" 2>/dev/null | route_lines | sort >"$work/main"
  ip "$2" route show table "$(($3))" 2>/dev/null | sed "s/ dev $1\\>//" | route_lines | sort >"$work/own"
  {
    comm -13 "$work/main" "$work/own" | sed "s/^/route del table $(($3)) /; s/\$/ dev $1/"
    # What a gateway is reached by comes before it.
    comm -23 "$work/main" "$work/own" | awk '/ via / { later = later "\n" $0; next } { print } END { print substr(later, 2) }' |
      sed "/./!d; s/^/route replace table $(($3)) /; s/\$/ dev $1/"
  } >"$work/batch"
}

has_rule() { ip "$1" rule list | grep -q "^$priority:.* fwmark $2 lookup $(($2))"; } # FAMILY MARK

# Another `sync` may do the same just now.
sync() {
  uplinks | while read -r interface family mark; do
    plan_routes "$interface" "$family" "$mark"
    ip "$family" -force -batch "$work/batch" || :
    has_rule "$family" "$mark" || ip "$family" rule add fwmark "$mark" lookup "$((mark))" priority "$priority" || :
  done
}

check() {
  uplinks | while read -r interface family mark; do
    plan_routes "$interface" "$family" "$mark"
    [ ! -s "$work/batch" ] || echo "uplink $interface ip${family#-} routes"
    has_rule "$family" "$mark" || echo "uplink $interface ip${family#-} rule"
  done
}

# The kernel tells of the routes of an interface that comes up; of our own tables it names the number.
watch() {
  interfaces=" $(uplinks | awk '{ print $1 }' | sort -u | paste -sd ' ' -) "
  ip -o monitor route | {
    sync
    while read -r line; do
      case $line in
        *" table "* | *" proto babel "*) continue ;;
        *" dev "*) interface=${line##* dev } ;;
        *) continue ;;
      esac
      case $interfaces in *" ${interface%% *} "*) sync ;; esac
    done
  }
}

down() {
  for family in -4 -6; do
    ip "$family" rule list | sed -n "s/^$priority:.* fwmark \(0x666d[0-9a-f]*\) lookup \([0-9]*\).*/\1 \2/p" | while read -r mark number; do
      ip "$family" rule del fwmark "$mark" lookup "$number" priority "$priority"
      ip "$family" route flush table "$number" 2>/dev/null || :
    done
  done
}

mkdir -p "$run"
work=$(mktemp -d "$run/uplinks.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 0' TERM
case ${1:-} in
  watch | sync | check | down) "$1" ;;
  *) fail "usage: uplinks watch|sync|check|down" ;;
esac
