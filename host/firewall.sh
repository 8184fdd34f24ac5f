#!/bin/sh
# firewall load|unload: the rules of /etc/fullmesh/firewall.nft, where the overlay is.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

netns=$(namespace_in "$config/links.conf")
case ${1:-} in
  load)
    make_namespace
    in_namespace nft -f "$config/firewall.nft"
    ;;
  # They go with the namespace.
  unload) if [ -z "$netns" ] || [ -e "/run/netns/$netns" ]; then in_namespace nft delete table inet fullmesh; fi ;;
  *) fail "usage: firewall load|unload" ;;
esac
