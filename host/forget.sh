#!/bin/sh
# forget: takes from the kernel what charon left there of our links. systemd runs it whenever charon has ended: after an orderly end there is nothing, but a
# charon that was killed leaves its policies and security associations, which its successor knows nothing of.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# The commands for ip(8).
plan() {
  { ip -o xfrm policy list; ip -o xfrm state list nokeys; } | awk -v table="$config/links.conf" '
    BEGIN {
      while ((getline line < table) > 0) { split(line, word, " "); if (word[1] == "link") ours[sprintf("0x%x", word[3])] }
    }
    {
      gsub(/\\/, " ")
      split("", value)
      # The first of a name: a policy names the addresses of its tunnel after those of its selector.
      for (i = 1; i < NF; i++) if (!($i in value)) value[$i] = $(i + 1)
      if (!(value["if_id"] in ours)) next
      what = "src " value["src"] " dst " value["dst"]
      if ("dir" in value) print "xfrm policy delete " what " dir " value["dir"] " if_id " value["if_id"]
      else print "xfrm state delete " what " proto " value["proto"] " spi " value["spi"]
    }
  '
}

! charon_runs || fail "charon runs, and its links with it: stop it first"
rm -f "$moved" "$run/on-their-way"
plan | ip -force -batch -
