#!/bin/sh
# verify NODE SECONDS: waits until every link on stdin carries traffic both ways, and names those that do not when the time is up.
# verify NODE note: prints the names of the links on stdin that are good, for whoever is about to change something, and notes them; until a wait for links has
# ended well, it prints what the note says, so that what is compared with is the state before the first change of several.
# A link is good when its CHILD_SA is installed, and babeld hears the neighbour and is heard by it; a node, when there are routes to its
# overlay addresses. What runs on former settings is made anew by the side that dials; what is not after a while, is ended.
# Lines: `link NAME PEER dial|answer [ADDRESS]` and `route PREFIX PEER`. With the peer's address on the link, a packet of the link's MTU must get
# there and back, too.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

# After this long the other end will not renew a link of its own accord.
renewal_seconds=20
note=$run/links-before

# Lines `NAME WHAT` of the links and routes that are not good.
missing() {
  down >"$work/down"
  cat "$work/down"
  unpinged
}

down() {
  read_associations || :
  echo dump | "$scripts/babel" say >"$work/babel" 2>/dev/null || :
  awk -v sas="$work/sas" -v babel="$work/babel" '
    BEGIN {
      while ((getline line < sas) > 0) {
        split(line, word, " ")
        known[word[1]]
        if (word[4] == "INSTALLED") installed[word[1]]
      }
      while ((getline line < babel) > 0) {
        n = split(line, word, " ")
        if (line ~ /^add route .* installed yes /) route[word[5]] = 1
        if (line !~ /^add neighbour /) continue
        for (i = 1; i < n; i++) value[word[i]] = word[i + 1]
        heard[value["if"]] = value["rxcost"] < 65535
        hears[value["if"]] = value["txcost"] < 65535
      }
    }
    $1 == "route" && !($2 in route) { print $2, "no-route" }
    $1 != "link" { next }
    !($2 in known) { print $2, "no-sa"; next }
    !($2 in installed) { print $2, "connecting"; next }
    !heard[$2] { print $2, "unheard"; next }
    !hears[$2] { print $2, "unhearing" }
  ' "$work/expected"
}

# What runs on former settings, for the side that dials to make it anew: lines `NAME ID changed|revoked`, of links that are expected to be good, and of any that
# runs with a key that is no longer accepted.
renew() {
  [ -s "$stale" ] || return 0
  "$scripts/dial" renew | awk -v expected="$work/expected" '
    BEGIN { while ((getline line < expected) > 0) { split(line, word, " "); if (word[1] == "link") there[word[2]] } }
    $1 in there || $3 == "revoked"
  '
}

# links_not_in FILE...: the lines of links whose name begins no line of the files.
links_not_in() {
  cat "$@" | awk -v expected="$work/expected" '
    { there[$1] }
    END { while ((getline line < expected) > 0) { split(line, word, " "); if (word[1] == "link" && !(word[2] in there)) print line } }
  '
}

# Of the other links those that do not pass a ping that is asked for. One that once did is not asked again.
unpinged() {
  links_not_in "$work/down" "$work/pinged" | awk 'NF > 4 { print $2, $5 }' >"$work/to-ping"
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

explain() {
  while read -r name what; do
    peer=$(awk -v name="$name" '$2 == name { print $3 }' "$work/expected")
    case $what in
      no-sa) why="has no IKE_SA: is the mesh on there, is the peer reachable over UDP, and does it know this node's key?" ;;
      connecting) why="has no CHILD_SA installed yet: the peer does not answer, or refuses" ;;
      unheard) why="has a CHILD_SA, but babeld hears nothing from the peer" ;;
      no-ping) why="has a CHILD_SA and babeld hears the peer, but a packet of the link's MTU does not get there and back: is the endpoints' mtu right?" ;;
      no-route) why="is not in babel's routes" ;;
      unhearing) why="has a CHILD_SA and babeld hears the peer, but the peer does not hear us" ;;
      stale) why="runs on its former settings: the peer does not take the new ones" ;;
    esac
    printf '    %s (%s) %s\n' "$peer" "$name" "$why"
  done
}

# Lines `NAME WHAT` of all that is not as it should be.
look() {
  renew >"$work/former"
  { missing; awk '!seen[$1]++ { print $1, "stale" }' "$work/former"; } >"$work/missing"
}

expected() { grep -Ec '^(link|route) ' "$work/expected" || :; }

print_note() {
  if [ ! -e "$note" ]; then
    missing >"$work/missing"
    links_not_in "$work/missing" | awk '{ print $2 }' >"$work/note"
    mv "$work/note" "$note"
  fi
  cat "$note"
}

main() {
  node=$1 seconds=$2
  mkdir -p "$run"
  work=$(mktemp -d "$run/verify.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/expected"
  : >"$work/pinged"
  netns=$(namespace_in "$config/links.conf")
  if [ "$seconds" = note ]; then
    print_note
    return
  fi
  started=$(date +%s)
  while look && [ -s "$work/missing" ]; do
    elapsed=$(($(date +%s) - started))
    [ "$elapsed" -lt "$seconds" ] || fail "$(wc -l <"$work/missing") of $(expected) links and routes are not good after $seconds s:
$(explain <"$work/missing")"
    [ "$elapsed" -lt "$renewal_seconds" ] || "$scripts/dial" expel <"$work/former"
    # Charon does not try again after a refusal, which is what a peer says that was not there yet. What the kernel has lost, the healer finds.
    if grep -Eq ' (no-sa|connecting)$' "$work/missing"; then "$scripts/dial" missing; fi
    # Not more often, for each look takes time that the daemons of a small host need.
    sleep 2
  done
  rm -f "$note"
  printf '{"node":"%s","expected":%d,"seconds":%d}\n' "$node" "$(expected)" "$(($(date +%s) - started))"
}

main "$@"
