#!/bin/sh
# firewall load|heal|check|unload: what keeps clear text and overlay apart, with links and without: the rules of /etc/fullmesh/firewall.nft, where the links are, those of
# underlay.nft on the host, and the networks that are unreachable but by a link.
#   load    makes all of it
#   heal    loads the rules where they are not there any more, and the unit runs
#   check   changes nothing, and says what is there in place of the rules: `rules missing` or `rules changed`; nothing where they are as they were loaded
#   unload  takes the rules away
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

read_place "$config/links.conf"
loaded=$state/rules

# Forwarding of IPv6 is on for the mesh alone: `links` has left each other interface as it was, and the default of new ones; and nobody else has set it since, which
# would have changed these, too (kernel, addrconf_fixup_forwarding).
forwards_for_mesh_alone() {
  [ -z "$netns" ] && [ "$(cat /proc/sys/net/ipv6/conf/default/forwarding 2>/dev/null)" = 0 ]
}

# The rule that only some hosts have.
host_rule() {
  if forwards_for_mesh_alone; then echo 'add rule inet fullmesh forward meta nfproto ipv6 iifname != "fm*" oifname != "fm*" drop'; fi
}

# The rules as nft(8) reads them from the kernel, which is not how they were written, without what they have noted themselves; and what the host asks for besides.
rules() {
  all=$(in_namespace nft -s list table inet fullmesh && nft -s list table inet fullmesh-underlay) &&
    printf '%s\n' "$all" | awk '
      $1 == "set" { noted = 0 }
      $1 == "flags" && /dynamic/ { noted = 1 }
      noted && $1 == "elements" { skip = 1 }
      !skip
      skip && /}/ { skip = 0 }
    ' && host_rule
}

load() {
  make_namespace
  { cat "$config/firewall.nft"; host_rule; } | in_namespace nft -f -
  nft -f "$config/underlay.nft"
  rules >"$loaded.$$"
  mv "$loaded.$$" "$loaded"
  "$scripts/links" fence >/dev/null
}

check() {
  # Where the namespace is gone, `links` says so.
  [ -z "$netns" ] || [ -e "/run/netns/$netns" ] || return 0
  if ! now=$(rules 2>/dev/null); then
    echo "rules missing"
  elif [ "$now" != "$(cat "$loaded" 2>/dev/null)" ]; then
    echo "rules changed"
  fi
}

heal() {
  systemctl is-active --quiet fullmesh-firewall.service || return 0
  [ -z "$(check)" ] || load
}

unload() {
  nft delete table inet fullmesh-underlay 2>/dev/null || :
  # These go with the namespace.
  if [ -z "$netns" ] || [ -e "/run/netns/$netns" ]; then in_namespace nft delete table inet fullmesh; fi
}

case ${1:-} in
  load | heal | check | unload) "$1" ;;
  *) fail "usage: firewall load|heal|check|unload" ;;
esac
