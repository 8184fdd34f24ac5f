#!/bin/sh
# verify NODE SECONDS: waits until every link on stdin carries traffic both ways, and names those that do not when the time is up.
# verify NODE note: prints the names of the links on stdin that are good, for whoever is about to change something, and notes them; until a wait for links has
# ended well, it prints what the note says, so that what is compared with is the state before the first change of several.
# A link is good when its CHILD_SA is installed, and babeld hears the neighbour and is heard by it; a node, when there are routes to its
# overlay addresses. Lines: `link NAME PEER dial|answer [ADDRESS]` and `route PREFIX PEER`. With the peer's address on the link, a packet of the
# link's MTU must get there and back, too.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

note=$run/links-before

# Lines `NAME WHAT` of the links and routes that are not good.
missing() {
  down >"$work/down"
  cat "$work/down"
  unpinged
}

down() {
  swanctl --list-sas --raw 2>/dev/null >"$work/sas" || :
  echo dump | "$scripts/babel" say >"$work/babel" 2>/dev/null || :
  awk -v sas="$work/sas" -v babel="$work/babel" '
    BEGIN {
      while ((getline line < sas) > 0)
        if (match(line, /^list-sa event \{[^ ]+ /)) {
          name = substr(line, RSTART + 15, RLENGTH - 16)
          known[name] = 1
          if (line ~ /state=INSTALLED/) installed[name] = 1
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
      no-sa) why="has no IKE_SA: is the peer reachable over UDP, and does it know this node's key?" ;;
      connecting) why="has no CHILD_SA installed yet: the peer does not answer, or refuses" ;;
      unheard) why="has a CHILD_SA, but babeld hears nothing from the peer" ;;
      no-ping) why="has a CHILD_SA and babeld hears the peer, but a packet of the link's MTU does not get there and back: is the endpoints' mtu right?" ;;
      no-route) why="is not in babel's routes" ;;
      unhearing) why="has a CHILD_SA and babeld hears the peer, but the peer does not hear us" ;;
    esac
    printf '    %s (%s) %s\n' "$peer" "$name" "$why"
  done
}

# Charon does not try again after a refusal, which is what a peer says that was not there yet. Only the side that dials may start it.
dial_missing() {
  while read -r name what; do
    if [ "$what" = no-sa ] && grep -q "^link $name .* dial\$" "$work/expected"; then
      timeout 5 swanctl --initiate --ike "$name" --child overlay --timeout 4 >/dev/null 2>&1 </dev/null || :
    fi
  done <"$work/missing"
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
  while missing >"$work/missing" && [ -s "$work/missing" ]; do
    if [ $(($(date +%s) - started)) -ge "$seconds" ]; then
      fail "$(wc -l <"$work/missing") of $(expected) links and routes are not there after $seconds s:
$(explain <"$work/missing")"
    fi
    dial_missing
    # Not more often, for each look takes time that the daemons of a small host need.
    sleep 2
  done
  rm -f "$note"
  printf '{"node":"%s","expected":%d,"seconds":%d}\n' "$node" "$(expected)" "$(($(date +%s) - started))"
}

main "$@"
