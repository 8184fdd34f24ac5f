#!/bin/sh
# drift [live|files]: what on this node is other than the last deploy left it, a line `KIND WHAT [IS [SHOULD]]` a difference and a line `end`, for core/drift to read.
# It changes nothing.
#   live   what the daemons have been told alone, for `apply`, which sees to all else by itself
#   files  the files alone, for `metrics`, and without a wait for a change that is running: that would keep the healer from its work
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

babeld_config=$config/babeld.conf

unread() { printf 'unread %s %s\n' "$1" "$(tr '\n' ' ' <"$work/why")"; }

# Half of a change would look like drift.
wait_for_changes() {
  exec 9>>"$run/lock"
  flock -s -w 20 9 || fail "a change has been running on this node for 20 s: look again when it has ended"
}

# Into $work/own the connections that the last deploy left.
find_own_connections() { sed -n "s|.* $connections/\(fm.*\)\.conf\$|\1|p" "$record/files" >"$work/own" 2>/dev/null || :; }

records() {
  for each in scripts secrets files; do
    [ -e "$record/$each" ] || echo "no-record $each"
  done
  if [ -e "$run/todo" ] || [ -e "$state/committed" ] || [ -e "$state/placed" ]; then echo unfinished; fi
}

# Against the record that the last deploy kept.
files() {
  cat "$record"/* >"$work/should" 2>/dev/null || :
  # shellcheck disable=SC2046 # words on purpose
  fingerprints $(awk '{ print $4 }' "$work/should") >"$work/is"
  awk -v now="$work/is" '
    BEGIN { while ((getline line < now) > 0) { split(line, word, " "); mode[word[4]] = word[1]; owner[word[4]] = word[2]; digest[word[4]] = word[3] } }
    !($4 in digest) { print "missing", $4; next }
    digest[$4] != $3 { print "changed", $4 }
    mode[$4] != $1 { print "mode", $4, mode[$4], $1 }
    owner[$4] != $2 { print "owner", $4, owner[$4], $2 }
  ' "$work/should"
}

# In folders that are ours, and under names that are ours.
foreign_files() {
  find "$config" "$connections" ! -type d \( -path "$config/*" -o -name 'fm*.conf' -o -name 'fullmesh*.conf' \) ! -name "*$half_written" 2>/dev/null |
    awk -v should="$work/should" -v ours="$looked_up" '
      BEGIN { there[ours]; while ((getline line < should) > 0) { split(line, word, " "); there[word[4]] } }
      !($0 in there) { print "foreign-file", $0 }
    '
}

# The units that the node must have: charon's, and those of the record. A service that a timer starts need not run.
units() {
  awk -v folder=/etc/systemd/system/ '
    index($4, folder "fullmesh-") == 1 { name = substr($4, length(folder) + 1); if (name !~ /\//) { unit[++count] = name; there[name] } }
    END {
      print "strongswan.service"
      for (i = 1; i <= count; i++) {
        timer = unit[i]
        if (!(sub(/service$/, "timer", timer) && timer in there)) print unit[i]
      }
    }
  ' "$work/should"
}

# What somebody adds to a unit by `systemctl edit` is his.
services() {
  # shellcheck disable=SC2046 # words on purpose
  systemctl show --property=Id,LoadState,ActiveState,UnitFileState,DropInPaths $(units) >"$work/units"
  awk -F= -v ours="$charon_unit_settings" '
    function judge() {
      if (value["LoadState"] == "masked") print "unit", value["Id"], "masked", "enabled"
      else if (value["UnitFileState"] != "enabled") print "unit", value["Id"], (value["LoadState"] == "not-found" ? "not-found" : value["UnitFileState"]), "enabled"
      if (value["ActiveState"] != "active") print "unit", value["Id"], value["ActiveState"], "active"
      n = split(value["DropInPaths"], path, " ")
      for (i = 1; i <= n; i++) if (path[i] ~ /^\/etc\// && path[i] != ours) print "foreign-file", path[i]
      split("", value)
    }
    NF < 2 { judge(); next }
    { value[$1] = $2 }
    END { if ("Id" in value) judge() }
  ' "$work/units"
}

associations() {
  read_associations_and_lost || { unread charon; return 0; }
  awk -v sas="$work/sas" -v gone="$work/lost" '
    BEGIN {
      while ((getline line < gone) > 0) { split(line, word, " "); lost[word[1]] }
      while ((getline line < sas) > 0) { split(line, word, " "); begun[word[1]]; if (word[4] ~ /^(INSTALLED|REKEY)/) stands[word[1]] }
    }
    !($1 in stands) { print ($1 in begun ? "connecting" : "no-sa"), $1; next }
    $1 in lost { print "lost-sa", $1 }
  ' "$work/own"
}

# Each by all its names in charon (`associations`).
loaded_connections() {
  find_accepted
  timeout "$daemon_seconds" swanctl --list-conns --raw >"$work/conns" 2>"$work/why" </dev/null || { unread charon; return 0; }
  awk -v own="$work/own" -v accepted="$work/accepted" '
    function of(charon_name) { sub(/_.*/, "", charon_name); return charon_name }
    /^list-conn event {/ { name = substr($3, 2); loaded[name]; any[of(name)]; list[++count] = name }
    END {
      while ((getline line < own) > 0) { should[line]; if (!(line in any)) unloaded[line] }
      while ((getline line < accepted) > 0) {
        split(line, word, " ")
        filed[word[1]]; known[word[2]]
        if (word[1] in should && !(word[2] in loaded)) unloaded[word[1]]
      }
      for (name in unloaded) print "unloaded", name
      for (i = 1; i <= count; i++) {
        name = of(list[i])
        if (!(name in should) || name in filed && !(list[i] in known)) print "foreign-connection", list[i]
      }
    }
  ' "$work/conns"
}

rules() {
  if runs fullmesh-firewall.service; then "$scripts/firewall" check; fi
}

# Interfaces that babeld has, and those that it should have.
babeld() {
  runs fullmesh-babeld.service || return 0
  if babeld_is_elsewhere; then
    echo babel-elsewhere
    return
  fi
  "$scripts/babel" say >"$work/dump" 2>"$work/why" <<END || { unread babeld; return 0; }
dump
END
  awk -v dump="$work/dump" '
    BEGIN { while ((getline line < dump) > 0) { split(line, word, " "); if (word[2] == "interface") has[word[3]] } }
    $1 == "interface" { should[$2]; if (!($2 in has)) print "babel-without", $2 }
    END { for (name in has) if (!(name in should)) print "foreign-babel-interface", name }
  ' "$babeld_config" 2>/dev/null || :
}

live() {
  if runs strongswan.service; then loaded_connections; fi
  rules
  babeld
}

[ -d "$run" ] || mkdir -p "$run"
work=$(mktemp -d "$run/drift.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Of no use for the files alone, which are looked at every half minute.
[ "${1:-}" = files ] || { read_units; find_own_connections; }
case ${1:-} in
  live) live ;;
  files)
    files
    foreign_files
    ;;
  "")
    wait_for_changes
    records
    files
    foreign_files
    if [ -e "$switched_off" ]; then
      echo switched-off
    else
      services
      live
      if runs strongswan.service; then associations; fi
      if runs strongswan.service || runs fullmesh-babeld.service; then "$scripts/ports"; fi
      if runs fullmesh-links.service; then "$scripts/links" check; fi
      if runs fullmesh-uplinks.service; then "$scripts/uplinks" check; fi
      if runs fullmesh-babeld.service; then "$scripts/babel" check || :; fi
    fi
    ;;
  *) fail "usage: drift [live|files]" ;;
esac
echo end
