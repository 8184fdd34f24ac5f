#!/bin/sh
# verify NODE SECONDS: waits until every link on stdin carries traffic both ways, and names those that do not when the time is up.
# A link is good when its CHILD_SA is installed, and babeld hears the neighbour and is heard by it; a node, when there are routes to its
# overlay addresses. Lines: `link NAME PEER dial|answer` and `route PREFIX PEER`.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

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

explain() {
  while read -r name what; do
    peer=$(awk -v name="$name" '$2 == name { print $3 }' "$work/expected")
    case $what in
      no-sa) why="has no IKE_SA: is the peer reachable over UDP, and does it know this node's key?" ;;
      connecting) why="has no CHILD_SA installed yet: the peer does not answer, or refuses" ;;
      unheard) why="has a CHILD_SA, but babeld hears nothing from the peer" ;;
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

main() {
  node=$1 seconds=$2
  mkdir -p "$run"
  work=$(mktemp -d "$run/verify.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/expected"
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
  printf '{"node":"%s","expected":%d,"seconds":%d}\n' "$node" "$(expected)" "$(($(date +%s) - started))"
}

main "$@"
