#!/bin/sh
# firewall load|unload: the rules of /etc/fullmesh/firewall.nft, where the links are, and for an overlay in a VRF those of vrf-firewall.nft on the host.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

netns=$(namespace_in "$config/links.conf")
host_rules=$config/vrf-firewall.nft
case ${1:-} in
  load)
    make_namespace
    in_namespace nft -f "$config/firewall.nft"
    [ ! -e "$host_rules" ] || nft -f "$host_rules"
    ;;
  unload)
    [ ! -e "$host_rules" ] || nft delete table inet fullmesh 2>/dev/null || :
    # These go with the namespace.
    if [ -z "$netns" ] || [ -e "/run/netns/$netns" ]; then in_namespace nft delete table inet fullmesh; fi
    ;;
  *) fail "usage: firewall load|unload" ;;
esac
