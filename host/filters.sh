#!/bin/sh
# filters: for scripts that the deployer sends, which have it before them, how to print the tables of nftables that are not the mesh's and filter what comes in or is
# forwarded, without the elements of their sets, as core/observe/filterRules.ts reads them.
# shellcheck shell=sh disable=SC2016,SC2034 # the text is a shell's own, for whoever sends this

print_filters='
  # Half a table would be misread.
  most_bytes=1000000
  nft list chains 2>/dev/null | awk "
    \$1 == \"table\" { table = \$2 \" \" \$3 }
    /type filter hook (input|forward) / && table ~ /^(ip|ip6|inet) / && table !~ / fullmesh(-underlay)?\$/ && !seen[table]++ { print table }
  " | while read -r family name; do
    text=$(nft -t list table "$family" "$name" 2>/dev/null) || continue
    [ "${#text}" -gt "$most_bytes" ] || printf "%s\n" "$text"
  done
'
