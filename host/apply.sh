#!/bin/sh
# apply NODE: brings the node into the state of the bundle on stdin (core/render/bundle.ts says what one looks like).
# The whole bundle is checked before anything is written. Only what differs is written, each file by rename, and only what depends on a
# written file is reloaded or restarted. What remains to be done stands in a file until it is done, so that a run that is killed is
# completed by the next one, though the files are then no longer different. If a step fails, the node goes back to the bundle before, but for keys that were revoked.
# apply --boot: puts in place what is left of the files of a bundle that was cut short, before the daemons start.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/bundle.sh
. /usr/local/lib/fullmesh/bundle
# shellcheck source=host/revocation.sh
. /usr/local/lib/fullmesh/revocation
# shellcheck source=host/checks.sh
. /usr/local/lib/fullmesh/checks

# Not on the disk: after a boot, everything starts anew from the files.
todo=$run/todo
babeld_config=$config/babeld.conf

# Interfaces, routes and rules do not move to another place: they are taken down as the old table says, also what a service that has failed has left, and then
# made as the new one does. The security associations stay.
leave_old_place() {
  [ -e "$config/links.conf" ] || return 0
  read_place "$stage/config/links.conf"
  new_place=$place
  read_place "$config/links.conf"
  [ "$place" != "$new_place" ] || return 0
  systemctl stop fullmesh-babeld.service fullmesh-links.service fullmesh-firewall.service 2>/dev/null || :
  "$scripts/links" away >/dev/null
}

# What was changed by hand though no file was asks for what a change of the file would. Nothing of others' is touched.
note_drift() {
  # What cannot be found out is left as it is: the files are what a deploy is about.
  "$scripts/drift" live >"$stage/drift" || :
  while read -r kind what; do
    case $kind in
      unloaded) note load ;;
      rules) note firewall ;;
      # With it goes the namespace that has no name any more, and interfaces with the numbers that the new ones get.
      babel-elsewhere)
        note babeld-restart
        systemctl stop fullmesh-babeld.service
        # The kernel takes them away a moment later.
        sleep 1
        ;;
      babel-without) grep "^interface $what " "$babeld_config" | sed 's/^/join /' >>"$todo" ;;
    esac
  done <"$stage/drift"
}

note() {
  printf '%s\n' "$*" >>"$todo"
}

# What a change of the file at $1 asks for; $2 is its new content, or nothing if it goes.
note_consequences() {
  case $1 in
    "$connections"/*) note load ;;
    "$config/links.conf") note links ;;
    "$config/firewall.nft" | "$config/underlay.nft") note firewall ;;
    */strongswan.d/*) same_settings "$1" "$2" || note charon-restart ;;
    "$babeld_config") note_babeld "$2" ;;
    "$config/names.conf") note_watcher names "$2" ;;
    "$config/uplinks.conf") note_watcher uplinks "$2" ;;
    */fullmesh-babeld.service) note units; same_settings "$1" "$2" || note babeld-restart ;;
    */fullmesh-metrics.timer) note units; [ -n "$2" ] || stop_metrics ;;
    *.service | *.timer | "$charon_unit_settings" | "$nftables_unit_settings") note units ;;
    /etc/modules-load.d/*) note modules ;;
    */systemd/network/*) note networkd ;;
  esac
}

# Whether two files are there and differ in comments alone.
same_settings() {
  [ -e "$1" ] && [ -n "$2" ] && [ "$(grep -v '^ *#' "$1")" = "$(grep -v '^ *#' "$2")" ]
}

# Interfaces come and go in the running babeld; it takes nothing else from us without a restart.
note_babeld() {
  [ -e "$babeld_config" ] || { note babeld-restart; return; }
  awk -v new="$1" '
    /^ *#/ { next }
    $1 != "interface" { old_rest = old_rest "\n" $0; next }
    { old[$2] = $0 }
    END {
      while ((getline line < new) > 0) {
        if (line ~ /^ *#/) continue
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

# While the units are still there.
stop_metrics() {
  systemctl --quiet disable --now fullmesh-metrics.timer 2>/dev/null || :
  systemctl stop fullmesh-metrics.service 2>/dev/null || :
  # A run that was ended has failed, and would be shown as such for ever.
  systemctl reset-failed fullmesh-metrics.service 2>/dev/null || :
  [ ! -e "$scripts/metrics" ] || "$scripts/metrics" remove || :
}

# is_noted LINE
is_noted() {
  case "
$noted" in *"
$1
"*) ;; *) false ;; esac
}

# What runs goes on by its former settings, and is re-established by `verify`, when the other ends have theirs; but not what was made with a key that is not accepted any
# more, nor for a connection that is gone.
load_connections() {
  # Debian has many of its plugins in packages that are not needed.
  swanctl --load-conns >"$stage/load" 2>&1 || fail "charon refused a connection: $(grep -v "^plugin '" "$stage/load")"
  "$scripts/dial" revoke
}

# Addresses as a former fullmesh wrote them would be connections of their own now, and its watcher goes on to write them.
drop_former_addresses() {
  grep -qs '^connections {' "$looked_up" || return 0
  rm "$looked_up"
  note names
}

charon_act() {
  if is_noted charon-restart || ! runs strongswan.service; then
    # Its unit loads the connections, and has started only then.
    systemctl restart strongswan.service || fail "strongswan did not start: see journalctl -u strongswan"
    return
  fi
  if is_noted load; then load_connections; fi
  "$scripts/dial" missing
}

babeld_runs() {
  ! is_noted babeld-restart && runs fullmesh-babeld.service
}

# To systemd it has started before it has read its files.
babeld_answers() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if "$scripts/babel" say </dev/null >/dev/null 2>&1; then return; fi
    sleep 0.5
  done
  false
}

babeld_restarted=no

# Peers with a link stay reachable by the fallback routes of `links`.
babeld_restart() {
  [ "$babeld_restarted" = no ] || return 0
  if ! systemctl restart fullmesh-babeld.service 2>/dev/null; then
    # systemd may refuse to start what has failed again and again.
    systemctl reset-failed fullmesh-babeld.service 2>/dev/null || :
    systemctl restart fullmesh-babeld.service
  fi
  babeld_answers || fail "babeld did not start: see journalctl -u fullmesh-babeld"
  babeld_restarted=yes
}

# Before charon closes the links that go.
babeld_leave() {
  [ -s "$stage/leave" ] || return 0
  if is_noted babeld-restart; then babeld_restart
  elif babeld_runs; then "$scripts/babel" leave <"$stage/leave" >/dev/null; fi
}

# watcher_act NAME: at its start it looks at once, and then whenever there is something new.
watcher_act() {
  [ -e "$config/$1.conf" ] || return 0
  if is_noted "$1" || ! runs "fullmesh-$1.service"; then systemctl restart "fullmesh-$1.service"; fi
}

babeld_act() {
  if ! babeld_runs; then
    babeld_restart
    return
  fi
  [ ! -s "$stage/join" ] || "$scripts/babel" say <"$stage/join" >/dev/null || fail "babeld did not take: $(tr '\n' ';' <"$stage/join")"
}

# settle_todo: what is noted and still so, each line once, for `is_noted` and as $stage/todo; a bundle that was cut short or given up may have noted the opposite of
# what the files now ask for. And in $stage:
#   leave, join  lines for `babel`
settle_todo() {
  if [ -e "$todo" ]; then noted_before=$todo; else noted_before=/dev/null; fi
  awk -v babeld="$babeld_config" -v stage="$stage" '
    function to(name) { return stage "/" name }
    BEGIN {
      printf "" > to("leave"); printf "" > to("join"); printf "" > to("todo")
      while ((getline line < babeld) > 0) { split(line, word, " "); is[line]; if (word[1] == "interface") there[word[2]] }
    }
    seen[$0]++ { next }
    $1 == "join" && !(substr($0, 6) in is) { next }
    $1 == "leave" && ($2 in there) { next }
    { print > to("todo") }
    $1 == "join" { print substr($0, 6) > to("join") }
    $1 == "leave" { print $2 > to("leave") }
  ' "$noted_before"
  noted="" actions=""
  while IFS= read -r line; do
    noted="$noted$line
"
    actions="$actions,$line"
  done <"$stage/todo"
}

act() {
  drop_former_addresses
  settle_todo
  read_units
  if is_noted modules; then modprobe -qa xfrm_interface esp4 esp6 2>/dev/null || :; fi
  if is_noted networkd && systemctl is-active --quiet systemd-networkd.service; then networkctl reload || :; fi
  if ! all_enabled; then
    # shellcheck disable=SC2086 # words on purpose
    case $units in
      *:masked*) { systemctl --quiet --no-reload unmask $services $watchers $reporters; systemctl --quiet --no-reload unmask --runtime $services $watchers $reporters; } 2>/dev/null || : ;;
    esac
    # shellcheck disable=SC2086 # words on purpose; this reloads systemd too
    systemctl --quiet enable $services $watchers $reporters
  elif is_noted units; then
    systemctl daemon-reload
  fi
  if is_noted firewall || ! runs fullmesh-firewall.service; then
    systemctl reload-or-restart fullmesh-firewall.service || fail "nft refused the rules in $config/firewall.nft: see journalctl -u fullmesh-firewall"
  fi
  # The unit does the same when it starts.
  if runs fullmesh-links.service; then "$scripts/links" up >/dev/null; else systemctl start fullmesh-links.service; fi
  babeld_leave
  watcher_act uplinks
  charon_act
  watcher_act names
  babeld_act
  runs fullmesh-healer.timer || systemctl start fullmesh-healer.timer
  [ -z "$reporters" ] || runs "$reporters" || systemctl start "$reporters"
  if is_noted links; then "$scripts/links" prune >/dev/null; fi
}

# attempt: brings the node to the committed bundle, which must be unpacked; $failed is its status, $stage/why says what failed, and $stage/result what was done. A
# process of its own, which ends where something fails, and not where a condition is, for there the shell would go on.
attempt() {
  set +e
  (
    set -e
    leave_old_place
    # It takes as long as all the rest.
    if [ "$again" = yes ]; then note_drift; fi
    place_files
    # shellcheck disable=SC2086 # words on purpose
    fingerprints $paths >"$stage/prints"
    # Modes and owners, which `write_beside` does not look at.
    mend_access "$stage/index" "$stage/prints"
    # shellcheck disable=SC2086 # words on purpose
    [ "$mended" = 0 ] || fingerprints $paths >"$stage/prints"
    act
    remember files "$stage/prints"
    [ ! -e "$todo" ] || rm "$todo"
    mv "$placed" "$good"
    sync "$state"
    printf '{"node":"%s","written":%d,"removed":%d,"mended":%d,"actions":"%s"}\n' "$node" "$written" "$removed" "$mended" "${actions#,}" >"$stage/result"
  ) 2>"$stage/why"
  failed=$?
  set -e
  [ ! -s "$stage/why" ] || cat "$stage/why" >&2
}

# The bundle that was on stdin has failed: back to the one that was applied last with success.
go_back() {
  [ -e "$good" ] || fail "this was the first bundle for the node, so there is nothing to go back to: mend what is wrong, and run \`pulumi up\` again"
  [ "$again" = no ] || fail "it failed with the files that it worked with before: see to the host, and run \`pulumi up\` again"
  cp "$good" "$stage/bundle"
  unpack "$stage/bundle"
  commit
  attempt
  [ "$failed" = 0 ] || fail "going back to the files of its last successful \`pulumi up\` failed, too: the node may work in part or not at all"
  fail "so the node went back to the files of its last successful \`pulumi up\`, and works with these"
}

# The daemons have not started yet, and will take the files as they are then. Units that have come or changed are not known to systemd, or not as they are now.
finish_at_boot() {
  [ -e "$committed" ] || return 0
  read -r _ _ node <"$committed"
  unpack "$committed"
  # It does, where somebody starts this by hand.
  if charon_runs; then running=yes; else running=no; fi
  [ "$running" = no ] || leave_old_place
  place_files
  [ "$running" = yes ] || rm -f "$todo"
  modprobe -qa xfrm_interface esp4 esp6 2>/dev/null || :
  systemctl daemon-reload
  [ ! -e "$switched_off" ] || return 0
  find_watchers
  # shellcheck disable=SC2086 # words on purpose
  systemctl --quiet enable $services $watchers $reporters
  # shellcheck disable=SC2086 # words on purpose
  systemctl --no-block start $services $watchers $reporters
}

apply_bundle() {
  cat >"$stage/bundle"
  # Before another bundle is looked at, for that may be refused.
  if [ -e "$committed" ]; then
    unpack "$committed"
    leave_old_place
    place_files
  fi
  unpack "$stage/bundle"
  check_bundle
  refuse_keys
  [ ! -e "$switched_off" ] || fail "the mesh is switched off here; nothing was written: fullmesh start $node, then run \`pulumi up\` again"
  check_fitness
  # The same files once more: something else is to be mended.
  if [ -e "$good" ] && cmp -s "$good" "$stage/bundle"; then again=yes; else again=no; fi
  commit
  attempt
  [ "$failed" = 0 ] || go_back
  rm -f "$refused"
  read -r result <"$stage/result"
  printf '%s\n' "$result"
}

# core/describe/stillAccepted.ts looks for these words.
end() {
  [ "$1" = 0 ] || [ ! -e "$refused" ] || printf 'fullmesh: %s: it refuses the keys all the same that are not accepted any more\n' "$node" >&2
  rm -rf "$stage"
}

main() {
  # For `fail`, in the scripts that this one calls too.
  export node="$1"
  hold_lock
  stage=$state/stage
  # What a kill has left.
  for old in "$stage"*; do [ ! -e "$old" ] || rm -rf "$old"; done
  mkdir "$stage" "$stage/config" "$stage/others"
  trap 'end $?' EXIT
  case $1 in
    --boot) finish_at_boot ;;
    *) apply_bundle ;;
  esac
}

main "$@"
