#!/bin/sh
# What becomes of the keys of peers that a bundle does not accept any more, for `apply`, which reads this with `.`, after `bundle`. They are refused before anything else is
# done, and for good: neither a bundle that is refused or fails, nor the one that the node then goes back to, nor a boot accepts them again. Only
# another bundle can.

# shellcheck shell=sh disable=SC2154 # what `apply`, `bundle` and the prelude set

# Keys that are refused since the last bundle that was applied with success, a line each.
refused=$state/refused-keys

# An awk(1) program for lines of connections' files: `take` puts a line into `kept`, without keys that are not in the file `accepted`, and then without the section of
# charon's that has none any more.
without_refused_keys='
  BEGIN { while ((getline line < accepted) > 0) is_accepted[line] }
  function begin_file() { kept = held = ""; lines = held_lines = inside = 0 }
  function take(line, all, word, n, i) {
    if (line ~ /^  fm.* : .* \{$/) { inside = 1; emptied = 0 }
    if (line ~ /^ *pubkeys = /) {
      all = ""
      n = split(line, word, /[ ,]+/)
      for (i = 1; i <= n; i++) if (word[i] ~ /^0s/) {
        if (word[i] in is_accepted) all = all (all == "" ? "" : ", ") word[i]
        else print word[i] >refused
      }
      sub(/0s.*/, all, line)
      if (all == "") emptied = 1
    }
    held = held line "\n"
    held_lines++
    if (inside && line != "  }") return
    if (!(inside && emptied)) { kept = kept held; lines += held_lines }
    held = ""
    held_lines = inside = 0
  }
'

# Into $stage/accepted-keys those that the unpacked bundle accepts.
find_accepted_keys() {
  awk -v folder="$connections/fm" '
    index($2, folder) != 1 { next }
    {
      while ((getline line < $3) > 0) if (line ~ /^ *pubkeys = /) { n = split(line, word, /[ ,]+/); for (i = 1; i <= n; i++) if (word[i] ~ /^0s/) print word[i] }
      close($3)
    }
  ' "$stage/index" >"$stage/accepted-keys"
}

# The bundle that the node would go back to, without them.
refuse_in_good() {
  [ -e "$good" ] || return 0
  awk -v accepted="$stage/accepted-keys" -v refused="$stage/refused" -v folder="$connections/fm" "$without_refused_keys"'
    left > 0 && !ours { print; left--; next }
    left > 0 { take($0); if (--left == 0) printf "%s %d\n%s", header, lines, kept; next }
    $1 == "file" { left = $4; ours = index($3, folder) == 1; header = $1 " " $2 " " $3; begin_file() }
    !(left > 0 && ours)
  ' "$good" >"$stage/good"
  if cmp -s "$stage/good" "$good"; then return; fi
  sync "$stage/good"
  mv "$stage/good" "$good"
  sync "$state"
}

# What charon has, of peers that there is a connection with in the bundle, too. The others leave in their turn: babel gives up their links first.
refuse_in_place() {
  live=no
  while read -r _ path _; do
    case $path in "$connections"/fm*) ;; *) continue ;; esac
    [ -e "$path" ] || continue
    awk -v accepted="$stage/accepted-keys" -v refused="$stage/refused" "$without_refused_keys"'{ take($0) } END { printf "%s", kept }' "$path" >"$path$half_written"
    if cmp -s "$path$half_written" "$path"; then
      rm "$path$half_written"
      continue
    fi
    note load
    chmod 0644 "$path$half_written"
    sync "$path$half_written"
    mv "$path$half_written" "$path"
    live=yes
  done <"$stage/index"
  [ "$live" = yes ] || return 0
  sync "$connections"
  charon_runs || return 0
  # What else charon may not take is found out later.
  swanctl --load-conns >/dev/null 2>&1 </dev/null || :
  "$scripts/dial" revoke
}

# refuse_keys: of the unpacked bundle.
refuse_keys() {
  find_accepted_keys
  : >"$stage/refused"
  refuse_in_good
  refuse_in_place
  [ -s "$stage/refused" ] || return 0
  sort -u "$stage/refused" >"$stage/refused-keys"
  mv "$stage/refused-keys" "$refused"
  sync "$state"
}
