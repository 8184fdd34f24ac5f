#!/bin/sh
# names watch: looks up the DNS names of /etc/fullmesh/names.conf again and again, and tells charon the addresses. An address stays as long as the name has it,
# and where no answer comes: a resolver that is dead changes nothing.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

table=$config/names.conf
every_seconds=10
answer_seconds=5

# The addresses of NAME in FAMILY, one a line.
look_up() {
  case $1 in
    ip4) timeout "$answer_seconds" getent ahostsv4 "$2" ;;
    # It has IPv4 addresses too, mapped, for a name that has no other.
    ip6) timeout "$answer_seconds" getent ahostsv6 "$2" | grep -v '^::ffff:' ;;
  esac | awk '!seen[$1]++ { print $1 }'
}

# All at once, so that one that gets no answer holds up no other.
look_up_all() {
  count=0
  while read -r _ family name _; do
    count=$((count + 1))
    { look_up "$family" "$name" >"$work/$count"; } </dev/null 2>/dev/null &
  done <"$work/names"
  wait
}

# The file with what charon is to know: the address that a connection has already, if its name still has it or does not answer, else the first.
addresses() {
  awk -v work="$work" -v known="$looked_up" '
    BEGIN {
      while ((getline line < known) > 0) {
        split(line, word, /[ ,]+/)
        if (line ~ /^  fm.* {$/) connection = word[2]
        if (word[2] == "remote_addrs") address[connection] = word[4]
      }
      print "# Written by fullmesh-names.service."
      print "connections {"
    }
    {
      file = work "/" NR
      first = ""; still = 0
      while ((getline answer < file) > 0) {
        if (first == "") first = answer
        if (answer == address[$1]) still = 1
      }
      is = (first == "" || still) ? address[$1] : first
      if (is != "") print "  " $1 " {\n    remote_addrs = " is "," $4 "\n  }"
    }
    END { print "}" }
  ' "$work/names"
}

round() {
  work=$(mktemp -d "$run/names.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  grep -v '^#' "$table" >"$work/names" || :
  look_up_all
  addresses >"$work/new"
  cmp -s "$work/new" "$looked_up" || take_addresses
  # What has another address now is made anew there.
  if [ -s "$stale" ] && charon_runs; then "$scripts/dial" renew >/dev/null; fi
}

take_addresses() {
  hold_lock
  changed_names >"$work/changed"
  install -m 0644 "$work/new" "$looked_up$half_written"
  mv "$looked_up$half_written" "$looked_up"
  charon_runs || return 0
  swanctl --load-conns >/dev/null 2>"$work/errors" </dev/null || fail "charon did not take the new addresses: $(cat "$work/errors")"
  "$scripts/dial" stale <"$work/changed"
  "$scripts/dial" missing
}

# Lines `CONNECTION changed`.
changed_names() {
  awk '
    /^  fm.* {$/ { name = $1 }
    $1 != "remote_addrs" { next }
    FILENAME == ARGV[1] { new[name] = $0; next }
    { old[name] = $0 }
    END { for (name in new) if (new[name] != old[name]) print name, "changed" }
  ' "$work/new" "$([ -e "$looked_up" ] && echo "$looked_up" || echo /dev/null)"
}

mkdir -p "$run"
case ${1:-} in
  watch)
    while :; do
      (round) || :
      sleep "$every_seconds"
    done
    ;;
  *) fail "usage: names watch" ;;
esac
