#!/bin/sh
# verify NODE SECONDS: waits until every link on stdin carries traffic both ways, and names those that do not when the time is up.
# verify NODE note: prints the names of the links on stdin that are good, for whoever is about to change something, and notes them; until a wait for links has
# ended well, it prints what the note says, so that what is compared with is the state before the first change of several.
# A link is good when its CHILD_SA is installed, and babeld hears the neighbour and is heard by it; a node, when there are routes to its
# overlay addresses. What runs on former settings is made anew by the side that dials; what is not after a while, is ended.
# Lines: `link NAME PEER dial|answer [ADDRESS]` and `route PREFIX PEER`. With the peer's address on the link, a packet of the link's MTU must get
# there and back, too: ICMP that would tell of a narrower path is not believed (core/render/underlayRules.ts).
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

# After this long the other end will not renew a link of its own accord.
renewal_seconds=20
note=$run/links-before

# find_missing: into $work/missing lines `NAME WHAT` of the links and routes that are not good.
find_missing() {
  find_down >"$work/missing"
  ping_links >>"$work/missing"
}

# Lines `NAME WHAT` of what is not good by what charon, in $work/sas, and babeld say. Into $work/to-ping lines `NAME ADDRESS` of the other links that a ping is asked for; one that once
# passed it is not asked again. Into $work/count how many links and routes are expected.
find_down() {
  "$scripts/babel" say >"$work/babel" 2>/dev/null <<END || :
dump
END
  awk -v sas="$work/sas" -v babel="$work/babel" -v pinged="$work/pinged" -v to_ping="$work/to-ping" -v expected="$work/count" '
    BEGIN {
      printf "" > to_ping
      while ((getline line < sas) > 0) {
        split(line, word, " ")
        known[word[1]]
        if (word[4] == "INSTALLED") installed[word[1]]
        if (word[4] == "INSTALLED" && word[3] != "DELETING") carrying[word[1]]++
        if (word[5] == "former") renewing[word[1]]
      }
      while ((getline line < babel) > 0) {
        n = split(line, word, " ")
        if (line ~ /^add route .* installed yes /) route[word[5]] = 1
        if (line !~ /^add neighbour /) continue
        for (i = 1; i < n; i++) value[word[i]] = word[i + 1]
        # Of several on a link, one must do.
        if (value["rxcost"] < 65535) heard[value["if"]] = 1
        if (value["rxcost"] < 65535 && value["txcost"] < 65535) hears[value["if"]] = 1
      }
      while ((getline line < pinged) > 0) passed[line]
    }
    $1 == "route" || $1 == "link" { count++ }
    $1 == "route" && !($2 in route) { print $2, "no-route" }
    $1 != "link" { next }
    !($2 in known) { print $2, "no-sa"; next }
    !($2 in installed) { print $2, "connecting"; next }
    !heard[$2] { print $2, "unheard"; next }
    !hears[$2] { print $2, "unhearing"; next }
    # They would go on replacing each other.
    $4 == "dial" && carrying[$2] > 1 && !($2 in renewing) { print $2, "double"; next }
    NF > 4 && !($2 in passed) { print $2, $5 > to_ping }
    END { print count + 0 > expected }
  ' "$work/expected"
}

# What runs on former settings, which the initiator re-establishes: lines `NAME ID` of links that are expected to be good.
renew() {
  "$scripts/dial" renew | awk -v expected="$work/expected" '
    BEGIN { while ((getline line < expected) > 0) { split(line, word, " "); if (word[1] == "link") there[word[2]] } }
    $1 in there
  '
}

# A line `NAME no-ping` for each link that does not pass its ping. Where nobody can ping, nothing speaks against a link.
ping_links() {
  [ -s "$work/to-ping" ] && can_ping || return 0
  while read -r name address; do
    if ping_whole "$name" "$address"; then echo "$name" >>"$work/pinged"; else echo "$name no-ping"; fi &
  done <"$work/to-ping"
  wait
}

# ping_whole INTERFACE ADDRESS: of 48 bytes are the headers of IPv6 and of ICMPv6.
ping_whole() {
  mtu=$(in_namespace cat "/sys/class/net/$1/mtu" 2>/dev/null) || return 1
  in_namespace ping -6 -n -q -c 2 -i 0.2 -W 2 -M "do" -s $((mtu - 48)) "$2%$1" >/dev/null 2>&1 </dev/null
}

asks_for_pings() {
  awk '$1 == "link" && NF > 4 { found = 1 } END { exit !found }' "$work/expected"
}

explain() {
  while read -r name what; do
    peer=$(awk -v name="$name" '$2 == name { print $3 }' "$work/expected")
    case $what in
      no-sa) why="has no IKE_SA: is the mesh on there, is the peer reachable over UDP, and does it know this node's key?" ;;
      connecting) why="has no CHILD_SA installed yet: the peer does not answer, or refuses" ;;
      unheard) why="has a CHILD_SA, but babeld hears nothing from the peer" ;;
      no-ping) why="has a CHILD_SA and babeld hears the peer, but a packet of the link's MTU does not get there and back: does the path carry what the endpoints' \`mtu\` says (default 1500)?" ;;
      no-route) why="is not in babel's routes" ;;
      unhearing) why="has a CHILD_SA and babeld hears the peer, but the peer does not hear us" ;;
      double) why="has two IKE_SAs, of which the former one does not end" ;;
      former) why="runs on its former settings: the peer does not take the new ones" ;;
    esac
    printf '    %s (%s) %s\n' "$peer" "$name" "$why"
  done
}

# Into $work/missing lines `NAME WHAT` of all that is not as it should be.
look() {
  read_associations || :
  : >"$work/former"
  if grep -q '^[^ ]* [^ ]* [^ ]* [^ ]* former ' "$work/sas"; then
    renew >"$work/former"
    read_associations || :
  fi
  find_missing
  [ ! -s "$work/former" ] || awk '!seen[$1]++ { print $1, "former" }' "$work/former" >>"$work/missing"
}

print_note() {
  if [ ! -e "$note" ]; then
    read_associations || :
    find_missing
    awk -v missing="$work/missing" '
      BEGIN { while ((getline line < missing) > 0) { split(line, word, " "); if (word[2] != "double") bad[word[1]] } }
      $1 == "link" && !($2 in bad) { print $2 }
    ' "$work/expected" >"$work/note"
    mv "$work/note" "$note"
  fi
  cat "$note"
}

main() {
  node=$1 seconds=$2
  [ -d "$run" ] || mkdir -p "$run"
  work=$(mktemp -d "$run/verify.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/expected"
  : >"$work/pinged"
  read_place "$config/links.conf"
  if [ "$seconds" = note ]; then
    print_note
    return
  fi
  ! asks_for_pings || can_ping || fail "there is no \`ping\` of iputils here, so nobody can tell whether the paths carry packets of the links' MTU: apt-get install iputils-ping"
  read_clock
  started=$now
  while look && [ -s "$work/missing" ]; do
    read_clock
    elapsed=$((now - started))
    [ "$elapsed" -lt "$seconds" ] || fail "$(wc -l <"$work/missing") of $(cat "$work/count") links and routes are not good after $seconds s:
$(explain <"$work/missing")"
    [ "$elapsed" -lt "$renewal_seconds" ] || "$scripts/dial" expel <"$work/former"
    # Charon does not try again after a refusal, which is what a peer says that was not there yet. What the kernel has lost, the healer finds.
    if grep -Eq ' (no-sa|connecting|double)$' "$work/missing"; then "$scripts/dial" missing; fi
    # Not more often, for each look takes time that the daemons of a small host need.
    sleep 2
  done
  [ ! -e "$note" ] || rm -f "$note"
  read_clock
  read -r expected <"$work/count"
  printf '{"node":"%s","expected":%d,"seconds":%d}\n' "$node" "$expected" "$((now - started))"
}

main "$@"
