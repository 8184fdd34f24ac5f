#!/bin/sh
# ports: a line `port NUMBER DAEMON HOLDER` for each UDP port of charon and babeld that somebody else has, too, or in their place: any user may bind them while a daemon
# starts. HOLDER is NAME(PID), or `nobody` where the daemon lacks it, be it in one family. It changes nothing.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# judge PORT DAEMON PID SOCKETS, with what ss(8) says of the port on stdin; the daemon has so many sockets there.
judge() {
  port_holders | awk -v port="$1" -v daemon="$2" -v ours="$3" -v sockets="$4" '
    $1 == ours { count++; next }
    $1 == "-" || seen[$1]++ { next }
    { pid = $1; sub(/^[^ ]* /, ""); gsub(/[^!-~]/, "?"); print "port", port, daemon, $0 "(" pid ")"; others = 1 }
    END { if (count < sockets && !others) print "port", port, daemon, "nobody" }
  '
}

read_place "$config/links.conf"
read_units
if runs strongswan.service; then
  port=$(sed -n 's/^ *port_nat_t = //p' "$charon_settings")
  ss -Hlunp "sport = :$port" | judge "$port" charon "$(systemctl show --property=MainPID --value strongswan.service)" 2
fi
if runs fullmesh-babeld.service; then in_namespace ss -Hlunp "sport = :6696" | judge 6696 babeld "$(cat "$run/babeld.pid")" 1; fi
