#!/bin/sh
# What `apply` looks at before it writes anything, with the bundle unpacked. Read by it with `.`, after `bundle`. What can be told by the daemons
# themselves they are asked. swanctl has no way to ask: a connection that charon refuses is found out when it is loaded.

# shellcheck shell=sh disable=SC2154 # what the prelude and `apply` set

# Whether it is one that fullmesh would write.
check_bundle() {
  check_paths
  check_charon
}

# Whether the node can have it.
check_fitness() {
  check_space
  check_uplinks "$stage/config/uplinks.conf"
  check_links "$stage/config/links.conf"
  check_rules "$stage/config/firewall.nft"
  check_rules "$stage/config/underlay.nft"
  check_babeld "$stage/config/babeld.conf"
}

# The deployer may write our own files and no others, whatever the bundle says.
check_paths() {
  while read -r _ path _; do
    case $path in
      *..* | */) fail "the bundle names $path, nothing was written" ;;
      "$config"/* | "$connections"/fm*.conf | "$templates" | "$charon_settings") ;;
      "$charon_unit_settings" | "$nftables_unit_settings" | /etc/systemd/system/fullmesh-*.service | /etc/systemd/system/fullmesh-*.timer | /etc/modules-load.d/fullmesh.conf | /etc/systemd/network/00-fullmesh.network) ;;
      *) fail "the bundle names $path, which is not fullmesh's to write; nothing was written" ;;
    esac
  done <"$stage/index"
}

# charon's files may say what fullmesh says in them and nothing else: `updown` names a command that charon runs, and `include` a file that it reads. A line at a time,
# as they are written: charon itself needs no line ends between what it is told.
check_charon() {
  awk -v folder="$connections/" -v settings="$charon_settings" '
    BEGIN {
      sections = "connections local remote children overlay fullmesh charon plugins dhcp socket-default"
      words = "version encap mobike unique dpd_delay keyingtries proposals local_addrs remote_addrs local_port remote_port if_id_in if_id_out ppk_id ppk_required" \
        " auth id pubkeys local_ts remote_ts esp_proposals replay_window rekey_packets start_action close_action dpd_action set_mark_out" \
        " port port_nat_t install_routes install_virtual_ip process_route interfaces_use reuse_ikesa retransmit_timeout retransmit_base retransmit_tries" \
        " follow_redirects block_threshold init_limit_half_open ikesa_table_size ikesa_table_segments load set_source set_sourceif"
      n = split(sections, word, " "); for (i = 1; i <= n; i++) is_section[word[i]]
      n = split(words, word, " "); for (i = 1; i <= n; i++) is_word[word[i]]
    }
    function is_ours(line, key, value) {
      if (line ~ /[\001-\037\177]/) return 0
      sub(/^ */, "", line)
      if (line == "" || line ~ /^#/ || line == "}") return 1
      if (line ~ /^fm[0-9a-z-]+ : fullmesh-(dials|answers) \{$/ || line ~ /^fm[0-9a-z-]+_[0-9a-f]+_[0-9a-f]+ : fm[0-9a-z-]+ \{$/ || line ~ /^fullmesh-(dials|answers) : fullmesh \{$/) return 1
      if (line ~ /^[a-z-]+ \{$/) { sub(/ .*/, "", line); return line in is_section }
      if (line !~ /^[a-z_]+ = /) return 0
      key = line; sub(/ .*/, "", key)
      value = line; sub(/^[a-z_]+ = /, "", value)
      return key in is_word && (value ~ /^[A-Za-z0-9 ,.:\/+=*%_@-]+$/ || value ~ /^"[^"{}#\\]*"$/)
    }
    index($2, folder) != 1 && $2 != settings { next }
    {
      while ((getline line < $3) > 0) if (!is_ours(line)) { sub(/[^ -~].*/, "...", line); print $2 ": " substr(line, 1, 80); failed = 1 }
      close($3)
    }
    END { exit failed }
  ' "$stage/index" >"$stage/errors" || fail "the bundle has a line for charon that fullmesh does not write, nothing was written: $(cat "$stage/errors")"
}

# The bundle is on the disk up to three times, and each of its files has a block of its own.
check_space() {
  read -r bytes files <"$stage/size"
  needed=$((bytes / 256 + 8 * files + 1024))
  df -k --output=avail,target "$state" "${config%/*}" >"$stage/space"
  while read -r free mounted_on; do
    case $free in *[!0-9]*) continue ;; esac
    [ "$free" -ge "$needed" ] || fail "only $free kB are free on the file system $mounted_on, and $needed are needed: make room; nothing was written"
  done <"$stage/space"
}

# A name in a node file that is wrong must not take links away.
check_uplinks() {
  [ -f "$1" ] || return 0
  while read -r word uplink _; do
    [ "$word" != uplink ] || [ -e "/sys/class/net/$uplink" ] ||
      fail "there is no interface $uplink here, which an endpoint's \`interface\` names; nothing was written"
  done <"$1"
}

# Each line in the form that core/render/links.ts has it; no name or number twice.
check_links() {
  [ -f "$1" ] || fail "the bundle has no $config/links.conf, nothing was written"
  awk '
    function bad(why) { print "line " NR ", " why ": " $0; failed = 1 }
    function is_ip4(text, part) {
      return split(text, part, ".") == 4 && text ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ && part[1] < 256 && part[2] < 256 && part[3] < 256 && part[4] < 256
    }
    function is_ip6(text) { return text ~ /:/ && text ~ /^[0-9a-f:]+(:[0-9]+\.[0-9.]+)?$/ }
    # With the length of its prefix after it.
    function is_network(text, word) {
      return split(text, word, "/") == 2 && word[2] ~ /^[0-9]+$/ && (is_ip4(word[1]) && word[2] <= 32 || is_ip6(word[1]) && word[2] <= 128)
    }
    # An interface of at most 15 bytes.
    function is_name(text) { return text ~ /^fm[0-9a-z-]+$/ && length(text) <= 15 }
    function is_number(text, least, most) { return text ~ /^[0-9]+$/ && text + 0 >= least && text + 0 <= most }
    function once(what) { if (what in seen) bad(what " is there twice"); seen[what] }
    /^#/ || NF == 0 { next }
    $1 == "isolation" && ($2 == "none" && NF == 2 || ($2 == "netns" || $2 == "vrf") && $3 ~ /^[a-z]+$/ && NF == 3) { once("isolation"); next }
    $1 == "sysctl" && $2 ~ /^net\/ipv[46]\/conf\/[a-z0-9-]+\/(forwarding|rp_filter)$/ && is_number($3, 0, 2) && NF == 3 { next }
    $1 == "vrf" && is_number($2, 1, 4294967295) && is_number($3, 1280, 65535) && NF == 3 { once("vrf"); next }
    $1 == "behind" && is_network($2) && NF == 2 { next }
    $1 == "overlay" && is_name($2) && is_network($3) && is_network($4) && NF == 4 { once("overlay"); next }
    $1 == "unreachable" && is_network($2) && NF == 2 { once($2); next }
    $1 == "link" && is_name($2) && is_number($3, 1, 4294967295) && is_number($4, 1280, 65535) && is_network($5) && NF == 5 {
      once($2); once("if_id " $3)
      link[$2]
      next
    }
    $1 == "fallback" && is_name($2) && is_number($3, 1, 4294967295) && is_ip6($4) && is_ip4($5) && is_ip6($6) && NF == 6 {
      if (!($2 in link)) bad("there is no link " $2)
      next
    }
    { bad("not understood") }
    END {
      if (!("isolation" in seen)) { print "no line `isolation`"; failed = 1 }
      if (!("overlay" in seen)) { print "no line `overlay`"; failed = 1 }
      exit failed
    }
  ' "$1" >"$stage/errors" || fail "the table of links is broken, nothing was written: $(cat "$stage/errors")"
}

# nft tries the rules on the kernel without making them.
check_rules() {
  [ ! -f "$1" ] || nft -c -f "$1" >"$stage/errors" 2>&1 || fail "nft would refuse the rules, nothing was written: $(cat "$stage/errors")"
}

# babeld reads all its files before it does anything, and ends at the first that it does not understand: here that is to be one that is none.
check_babeld() {
  [ -f "$1" ] || return 0
  if [ -e "$config/babeld.conf" ] && cmp -s "$1" "$config/babeld.conf"; then return; fi
  echo "not a configuration" >"$stage/stop"
  babeld -c "$babel_key" -c "$1" -c "$stage/stop" -I "$stage/babeld.pid" >"$stage/errors" 2>&1 || :
  grep -q " from file $stage/stop " "$stage/errors" || fail "babeld would not start with its configuration, nothing was written: $(cat "$stage/errors")"
}
