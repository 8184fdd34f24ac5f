#!/bin/sh
# apply NODE: brings the node into the state of the bundle on stdin (core/render/bundle.ts says what one looks like).
# The whole bundle is checked before anything is written. Only what differs is written, each file by rename, and only what depends on a
# written file is reloaded or restarted. What remains to be done stands in a file until it is done, so that a run that is killed is
# completed by the next one, though the files are then no longer different.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

manifest=$state/files
todo=$state/todo
babeld_config=$config/babeld.conf
# Files that only root may read, whoever has said otherwise.
secrets="$private_key $babel_key $ppk_secrets"
# Only this side of a link must be told by us to end its SA when its settings change: charon restarts the side that dials.
answering=": fullmesh-answers {"

# Splits the bundle into $stage/1, $stage/2, ... and $stage/index with a line `MODE PATH` each.
unpack() {
  awk -v stage="$stage" -v node="$node" '
    function bad(why) { print "line " NR ": " why; failed = 1; exit }
    ended { bad("text after the end") }
    left > 0 { print > target; if (--left == 0) close(target); next }
    NR == 1 { if ($0 != "fullmesh-bundle 1 " node) bad("not a bundle for this node: " $0); next }
    $1 == "file" && NF == 4 && $2 ~ /^0[0-7][0-7][0-7]$/ && $3 ~ /^\/[^ ]*$/ && $4 ~ /^[0-9]+$/ {
      target = stage "/" ++count; left = $4
      printf "" > target
      print $2, $3 > (stage "/index")
      next
    }
    $1 == "end" && $2 == count { ended = 1; next }
    { bad("not understood: " $0) }
    END { if (!failed && !ended) { print "it is cut off after line " NR; failed = 1 } exit failed }
  ' >"$stage/errors" || fail "the bundle is broken, nothing was written: $(cat "$stage/errors")"
}

# The deployer may write our own files and no others, whatever the bundle says.
check_paths() {
  while read -r _ path; do
    case $path in
      *..* | */) fail "the bundle names $path, nothing was written" ;;
      "$config"/* | "$connections"/fm*.conf | "$templates" | /etc/strongswan.d/fullmesh.conf) ;;
      "$charon_unit_settings" | /etc/systemd/system/fullmesh-*.service | /etc/modules-load.d/fullmesh.conf) ;;
      *) fail "the bundle names $path, which is not fullmesh's to write; nothing was written" ;;
    esac
  done <"$stage/index"
}

# staged PATH: where the bundle's file for the path is; no file, if it has none.
staged() {
  echo "$stage/$(awk -v path="$1" '$2 == path { print NR }' "$stage/index")"
}

# A name in a node file that is wrong must not take links away.
check_uplinks() {
  awk '$1 == "uplink" { print $2 }' "$1" 2>/dev/null | sort -u | while read -r uplink; do
    [ -e "/sys/class/net/$uplink" ] || fail "there is no interface $uplink here, which an endpoint's \`interface\` names; nothing was written"
  done
}

# Interfaces, routes and rules do not move to another place: they are taken down as the old table says, also what a service that has failed has left, and then
# made as the new one does. The security associations stay.
leave_old_place() {
  [ -e "$config/links.conf" ] || return 0
  [ "$(place_in "$config/links.conf")" != "$(place_in "$1")" ] || return 0
  systemctl stop fullmesh-babeld.service fullmesh-links.service fullmesh-firewall.service 2>/dev/null || :
  "$scripts/links" down >/dev/null
}

# What was changed by hand though no file was asks for what a change of the file would. Nothing of others' is touched.
note_drift() {
  # What cannot be found out is left as it is: the files are what a deploy is about.
  "$scripts/drift" live >"$stage/drift" || :
  while read -r kind what; do
    case $kind in
      unloaded) note load ;;
      # A link whose packets the kernel no longer knows is dead, whatever charon says of it.
      lost-sa) note lost "$what" ;;
      rules) note firewall ;;
      # With it goes the namespace that has no name any more, and interfaces with the numbers that the new ones get.
      babel-elsewhere)
        note babeld-restart
        systemctl stop fullmesh-babeld.service
        ;;
      babel-without) grep "^interface $what " "$babeld_config" | sed 's/^/join /' >>"$todo" ;;
    esac
  done <"$stage/drift"
}

# Modes and owners, which `differing` does not look at; a link in the place of a file has another mode, too.
mend_access() {
  mended=0
  { cat "$stage/index"; for secret in $secrets; do [ ! -e "$secret" ] || echo "0600 $secret"; done; } >"$stage/access"
  awk '{ print $2 }' "$stage/access" | xargs stat -c '0%a %n %u:%g' |
    awk 'NR == FNR { should[$2] = $1; next } $1 != should[$2] || $3 != "0:0" { print should[$2], $2 }' "$stage/access" - >"$stage/mend"
  while read -r mode path; do
    install -m "$mode" "$path" "$path.fullmesh-new"
    mv "$path.fullmesh-new" "$path"
    mended=$((mended + 1))
  done <"$stage/mend"
}

note() {
  printf '%s\n' "$*" >>"$todo"
}

# What a change of the file at $1 asks for; $2 is its new content, or nothing if it goes.
note_consequences() {
  case $1 in
    "$templates") note load; note_answering ;;
    "$connections"/*)
      name=${1##*/}
      name=${name%.conf}
      if [ -z "$2" ]; then note gone "$name"
      elif [ -e "$1" ] && grep -q "$answering" "$2"; then note changed "$name"
      else note load; fi ;;
    "$config/links.conf") note links ;;
    "$config/firewall.nft" | "$config/vrf-firewall.nft") note firewall ;;
    /etc/strongswan.d/*) note charon-restart ;;
    "$babeld_config") note_babeld "$2" ;;
    "$config/names.conf" | "$config/uplinks.conf") note_watcher "$(basename "$1" .conf)" "$2" ;;
    */fullmesh-babeld.service) note units; note babeld-restart ;;
    *.service | "$charon_unit_settings") note units ;;
    /etc/modules-load.d/*) note modules ;;
  esac
}

# A change of what connections have in common is a change of each.
note_answering() {
  for file in "$connections"/fm*.conf; do
    if grep -qs "$answering" "$file"; then
      name=${file##*/}
      note changed "${name%.conf}"
    fi
  done
}

# Interfaces come and go in the running babeld; it takes nothing else from us without a restart.
note_babeld() {
  [ -e "$babeld_config" ] || { note babeld-restart; return; }
  awk -v new="$1" '
    $1 != "interface" { old_rest = old_rest "\n" $0; next }
    { old[$2] = $0 }
    END {
      while ((getline line < new) > 0) {
        split(line, word, " ")
        if (word[1] != "interface") { rest = rest "\n" line; continue }
        name = word[2]
        is[name]
        if (!(name in old)) print "join " line
        else if (old[name] != line) restart = 1
      }
      for (name in old) if (!(name in is)) print "leave " name
      if (restart || rest != old_rest) print "babeld-restart"
    }
  ' "$babeld_config" >>"$todo"
}

# Services that only some nodes have. One that goes is stopped while its unit is still there.
note_watcher() {
  note "$1"
  [ -z "$2" ] || return 0
  systemctl --quiet disable --now "fullmesh-$1.service" 2>/dev/null || :
  [ "$1" != names ] || { rm -f "$looked_up"; note load; }
}

# Lines `NUMBER MODE PATH` of the bundle's files that are not on the node as they should be. One process for all of them.
differing() {
  awk -v stage="$stage" '
    {
      wanted = stage "/" NR
      do {
        more = (getline should < wanted) > 0
        same = more == ((getline is < $2) > 0) && (!more || is "" == should "")
      } while (more && same)
      close(wanted); close($2)
      if (!same) print NR, $0
    }
  ' "$stage/index"
}

write_files() {
  touch "$manifest"
  awk '{ print $2 }' "$stage/index" | sort >"$stage/files"
  # Both old and new, until all is done: no crash leaves a file that nobody knows of.
  sort -u "$stage/files" "$manifest" >"$stage/manifest"
  cmp -s "$stage/manifest" "$manifest" || mv "$stage/manifest" "$manifest"
  written=0 removed=0
  differing >"$stage/differing"
  while read -r number mode path; do
    [ -d "${path%/*}" ] || install -d -m 0755 "${path%/*}"
    note_consequences "$path" "$stage/$number"
    install -m "$mode" "$stage/$number" "$path.fullmesh-new"
    mv "$path.fullmesh-new" "$path"
    written=$((written + 1))
  done <"$stage/differing"
  comm -13 "$stage/files" "$manifest" >"$stage/gone"
  while read -r path; do
    note_consequences "$path" ""
    rm -f "$path"
    removed=$((removed + 1))
  done <"$stage/gone"
}

is_noted() { grep -qxF "$1" "$stage/todo"; }

# noted WORD: the rest of each line that begins with the word.
noted() { sed -n "s/^$1 //p" "$stage/todo" | sort -u; }

charon_act() {
  if is_noted charon-restart || ! charon_runs; then
    # Its unit loads the connections, and has started only then.
    systemctl restart strongswan.service || fail "strongswan did not start: see journalctl -u strongswan"
    return
  fi
  if is_noted load || [ -n "$(noted changed)$(noted gone)" ]; then
    swanctl --load-conns >"$stage/load" 2>&1 || fail "charon refused a connection: $(cat "$stage/load")"
  fi
  # Unloaded is not down, and an answering side keeps a running SA on its old settings: both must be ended by us. So must one that the kernel has lost, for who
  # dials to make it anew.
  for name in $(noted gone) $(noted changed) $(noted lost); do
    swanctl --terminate --ike "$name" --timeout 5 >/dev/null 2>&1 || :
  done
}

babeld_runs() {
  ! is_noted babeld-restart && systemctl is-active --quiet fullmesh-babeld.service
}

babeld_restarted=no

# Peers with a link stay reachable by the fallback routes of `links`.
babeld_restart() {
  [ "$babeld_restarted" = no ] || return 0
  systemctl restart fullmesh-babeld.service || fail "babeld did not start: see journalctl -u fullmesh-babeld"
  babeld_restarted=yes
}

# Before charon closes the links that go.
babeld_leave() {
  noted leave >"$stage/leave"
  [ -s "$stage/leave" ] || return 0
  if is_noted babeld-restart; then babeld_restart
  elif babeld_runs; then "$scripts/babel" leave <"$stage/leave" >/dev/null; fi
}

# watcher_act NAME: at its start it looks at once, and then whenever there is something new.
watcher_act() {
  [ -e "$config/$1.conf" ] || return 0
  systemctl --quiet enable "fullmesh-$1.service"
  if is_noted "$1" || ! systemctl is-active --quiet "fullmesh-$1.service"; then systemctl restart "fullmesh-$1.service"; fi
}

babeld_act() {
  if ! babeld_runs; then
    babeld_restart
    return
  fi
  noted join >"$stage/join"
  [ ! -s "$stage/join" ] || "$scripts/babel" say <"$stage/join" >/dev/null || fail "babeld did not take: $(tr '\n' ';' <"$stage/join")"
}

act() {
  [ ! -e "$todo" ] || cat "$todo" >"$stage/todo"
  touch "$stage/todo"
  if is_noted modules; then modprobe -qa xfrm_interface esp4 esp6 2>/dev/null || :; fi
  services="fullmesh-firewall.service fullmesh-links.service strongswan.service fullmesh-babeld.service"
  # shellcheck disable=SC2086 # words on purpose
  if [ "$(systemctl is-enabled $services 2>/dev/null | grep -c '^enabled')" != 4 ]; then
    # shellcheck disable=SC2086 # words on purpose
    { systemctl --quiet unmask $services; systemctl --quiet unmask --runtime $services; } 2>/dev/null || :
    # shellcheck disable=SC2086 # words on purpose; this reloads systemd too
    systemctl --quiet enable $services
  elif is_noted units; then
    systemctl daemon-reload
  fi
  if is_noted firewall || ! systemctl is-active --quiet fullmesh-firewall.service; then
    systemctl reload-or-restart fullmesh-firewall.service || fail "nft refused the rules in $config/firewall.nft: see journalctl -u fullmesh-firewall"
  fi
  # The unit does the same when it starts.
  if systemctl is-active --quiet fullmesh-links.service; then "$scripts/links" up >/dev/null; else systemctl start fullmesh-links.service; fi
  babeld_leave
  watcher_act uplinks
  charon_act
  watcher_act names
  babeld_act
  if is_noted links; then "$scripts/links" prune >/dev/null; fi
  cmp -s "$stage/files" "$manifest" || mv "$stage/files" "$manifest"
  remember files <"$manifest"
  rm -f "$todo"
}

main() {
  # For `fail`, in the scripts that this one calls too.
  export node="$1"
  hold_lock
  rm -rf "$state"/stage.*
  stage=$(mktemp -d "$state/stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  unpack
  check_paths
  check_uplinks "$(staged "$config/uplinks.conf")"
  leave_old_place "$(staged "$config/links.conf")"
  note_drift
  write_files
  mend_access
  act
  printf '{"node":"%s","written":%d,"removed":%d,"mended":%d,"actions":"%s"}\n' "$node" "$written" "$removed" "$mended" "$(sort -u "$stage/todo" | paste -sd, -)"
}

main "$@"
