#!/bin/sh
# verify NODE SECONDS: waits until every link on stdin carries traffic both ways, and names those that do not when the time is up.
# A link is good when its CHILD_SA is installed, and babeld hears the neighbour and is heard by it; a node, when there are routes to its
# overlay addresses. What runs on former settings is made anew by the side that dials; what is not after a while, is ended. Lines: `link NAME PEER dial|answer` and `route PREFIX PEER`.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# After this long the other end will not renew a link of its own accord.
renewal_seconds=20

# Lines `NAME WHAT` of the links and routes that are not good.
missing() {
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

# What runs on former settings, for the side that dials to make it anew: lines `NAME ID changed|revoked`, of links that are expected to be good, and of any that
# runs with a key that is no longer accepted.
renew() {
  [ -s "$stale" ] || return 0
  "$scripts/dial" renew | awk -v expected="$work/expected" '
    BEGIN { while ((getline line < expected) > 0) { split(line, word, " "); if (word[1] == "link") there[word[2]] } }
    $1 in there || $3 == "revoked"
  '
}

explain() {
  while read -r name what; do
    peer=$(awk -v name="$name" '$2 == name { print $3 }' "$work/expected")
    case $what in
      no-sa) why="has no IKE_SA: is the peer reachable over UDP, and does it know this node's key?" ;;
      connecting) why="has no CHILD_SA installed yet: the peer does not answer, or refuses" ;;
      unheard) why="has a CHILD_SA, but babeld hears nothing from the peer" ;;
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

main() {
  node=$1 seconds=$2
  mkdir -p "$run"
  work=$(mktemp -d "$run/verify.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/expected"
  started=$(date +%s)
  while look && [ -s "$work/missing" ]; do
    elapsed=$(($(date +%s) - started))
    [ "$elapsed" -lt "$seconds" ] || fail "$(wc -l <"$work/missing") of $(expected) links and routes are not good after $seconds s:
$(explain <"$work/missing")"
    [ "$elapsed" -lt "$renewal_seconds" ] || "$scripts/dial" expel <"$work/former"
    # Charon does not try again after a refusal, which is what a peer says that was not there yet.
    "$scripts/dial" missing
    # Not more often, for each look takes time that the daemons of a small host need.
    sleep 2
  done
  printf '{"node":"%s","expected":%d,"seconds":%d}\n' "$node" "$(expected)" "$(($(date +%s) - started))"
}

main "$@"
