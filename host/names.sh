#!/bin/sh
# names watch: looks up the DNS names of /etc/fullmesh/names.conf again and again, and tells charon the addresses. An address stays as long as the name has it,
# and where no answer comes: a resolver that is dead changes nothing.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

table=$config/names.conf
every_seconds=10
answer_seconds=5

# Into $work/1, 2, ... what the resolver says of each name of the table. All at once, so that one that gets no answer holds up no other.
look_up_all() {
  count=0
  while read -r connection family name _; do
    case $connection in \#*) continue ;; esac
    count=$((count + 1))
    timeout "$answer_seconds" getent "ahostsv${family#ip}" "$name" >"$work/$count" 2>/dev/null </dev/null &
  done <"$table"
  wait
}

# The file with what charon is to know: the address that a connection has already, if its name still has it or does not answer, else the first.
addresses() {
  awk -v work="$work" -v known="$looked_up" '
    BEGIN {
      while ((getline line < known) > 0) {
        split(line, word, /[ ,]+/)
        if (line ~ /^fm.* {$/) connection = word[1]
        if (word[2] == "remote_addrs") address[connection] = word[4]
      }
      print "# Written by fullmesh-names.service."
    }
    /^#/ { next }
    {
      file = work "/" ++count
      first = ""; still = 0
      while ((getline line < file) > 0) {
        split(line, word, " ")
        # A name that has no IPv6 address has its IPv4 addresses, mapped (getent(1), ahostsv6).
        if (word[1] ~ /^::ffff:/) continue
        if (first == "") first = word[1]
        if (word[1] == address[$1]) still = 1
      }
      close(file)
      is = (first == "" || still) ? address[$1] : first
      if (is != "") print $1 " {\n  remote_addrs = " is "," $4 "\n}"
    }
  ' "$table"
}

round() {
  look_up_all
  addresses >"$work/new"
  cmp -s "$work/new" "$looked_up" || take_addresses
  # What has another address now is made anew there.
  if [ -s "$moved" ] && charon_runs; then "$scripts/dial" renew >/dev/null; fi
}

take_addresses() {
  hold_lock
  note_moved
  install -m 0644 "$work/new" "$looked_up$half_written"
  mv "$looked_up$half_written" "$looked_up"
  charon_runs || return 0
  swanctl --load-conns >/dev/null 2>"$work/errors" </dev/null || fail "charon did not take the new addresses: $(cat "$work/errors")"
  "$scripts/dial" missing
}

# What runs to another address than the one of now is former (`associations`), until it has been re-established.
note_moved() {
  awk '
    /^fm.* {$/ { name = $1 }
    $1 != "remote_addrs" { next }
    { split($3, address, ",") }
    FILENAME == ARGV[1] { old[name] = address[1]; next }
    name in old && old[name] != address[1] { print name, address[1] }
  ' "$([ -e "$looked_up" ] && echo "$looked_up" || echo /dev/null)" "$work/new" >"$work/moved"
  [ ! -e "$moved" ] || cat "$moved" >>"$work/moved"
  awk '!seen[$1]++' "$work/moved" >"$moved.new"
  mv "$moved.new" "$moved"
}

work=$run/names
mkdir -p "$work"
case ${1:-} in
  watch)
    while :; do
      (round) || :
      sleep "$every_seconds"
    done
    ;;
  *) fail "usage: names watch" ;;
esac
