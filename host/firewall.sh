#!/bin/sh
# firewall load|unload|check: the rules of /etc/fullmesh/firewall.nft, where the links are, and for an overlay in a VRF those of vrf-firewall.nft on the host.
# `check` says what is there in their place: `rules missing` or `rules changed`; nothing where they are as they were loaded.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

read_place "$config/links.conf"
host_rules=$config/vrf-firewall.nft
loaded=$state/rules

# The rules as nft(8) reads them from the kernel, which is not how they were written.
rules() {
  in_namespace nft -s list table inet fullmesh &&
    { [ ! -e "$host_rules" ] || nft -s list table inet fullmesh; }
}

case ${1:-} in
  load)
    make_namespace
    in_namespace nft -f "$config/firewall.nft"
    [ ! -e "$host_rules" ] || nft -f "$host_rules"
    rules >"$loaded.new"
    mv "$loaded.new" "$loaded"
    ;;
  check)
    # Where the namespace is gone, `links` says so.
    if [ -z "$netns" ] || [ -e "/run/netns/$netns" ]; then
      if ! now=$(rules 2>/dev/null); then echo "rules missing"
      elif [ "$now" != "$(cat "$loaded" 2>/dev/null)" ]; then echo "rules changed"; fi
    fi
    ;;
  unload)
    [ ! -e "$host_rules" ] || nft delete table inet fullmesh 2>/dev/null || :
    # These go with the namespace.
    if [ -z "$netns" ] || [ -e "/run/netns/$netns" ]; then in_namespace nft delete table inet fullmesh; fi
    ;;
  *) fail "usage: firewall load|unload|check" ;;
esac
