#!/bin/sh
# dial missing [ATTEMPTS]|renew|expel|revoke: security associations that this node is to begin, where it is the one that dials, and to terminate. What each was made with
# is told by its name in charon (`associations`), which no rekeying changes.
#   missing  begins those that are not there, at most so many of them; what the kernel has lost is ended first, for charon does not know, and so is what has been
#            on its way for long, for charon may be trying with settings from before, and what was made with a key that is not accepted. Of several that carry the
#            last stays, and none that has more CHILD_SAs than a link can need: charon sets no limit to what a peer asks for
#   renew    re-establishes each that was made with former settings, and only then terminates the former one, so that no packet is lost. Prints lines `NAME ID` of those
#            that could not be renewed yet
#   expel    ends those of the connections on stdin that were made with former settings
#   revoke   terminates what was made with a key that is not accepted, and what there is of a connection that is no more, at once
# charon itself begins none at its start or when connections are loaded (start_action none): it would end the former one first.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

child=overlay
on_their_way=$run/on-their-way
attempts=$run/attempts
patience_seconds=12
# A link has one, and two while it is rekeyed by each end.
max_children=8

# Into $work/dialled a line for each connection that this node dials, which begins with its name.
find_dialled() {
  grep -hs ' : fullmesh-dials {$' "$connections"/fm*.conf >"$work/dialled" || :
}

# On each name in charon on stdin, without waiting for what becomes of it.
initiate() {
  while read -r name; do
    swanctl --initiate --ike "$name" --child "$child" --timeout -1 >/dev/null 2>&1 </dev/null || :
  done
}

# Of each id on stdin. What is on its way has nobody to take leave of.
terminate() {
  while read -r id; do
    swanctl --terminate --ike-id "$id" --timeout -1 >/dev/null 2>&1 </dev/null || :
  done
}

# in_turn COUNT: of the connections on stdin, the name in charon of each that is to be tried at the attempt of that number. Where a peer is about to use another key, it
# has the one or the other, and an IKE_SA is for one of them. Not all at once: each would replace the others at the peer (RFC 7296, INITIAL_CONTACT).
in_turn() {
  awk -v attempt="$1" -v accepted="$work/accepted" '
    BEGIN { while ((getline line < accepted) > 0) { split(line, word, " "); charon_name[word[1], count[word[1]]++] = word[2] } }
    $1 in count { print charon_name[$1, attempt % count[$1]] }
  '
}

# Into $work/end the ids of what is dead: lost by the kernel, or on its way since before the last look, which was not just now. Into $work/begin the names of what this
# node dials and is not there. The file $on_their_way has lines `ID SECONDS`, when each was first seen, by the time since boot.
# Of a link that this node has initiated twice, as where charon and `dial` both did, the older IKE_SAs are terminated, but not what `renew` is to terminate. The responder
# would do so within ten seconds (unique = replace), charon here would take that for a failure and initiate once more (close_action = start), and so on for ever.
plan_missing() {
  find_dialled
  read_clock
  awk -v sas="$work/sas" -v lost="$work/lost" -v seen="$on_their_way" -v now="$now" -v patience="$patience_seconds" \
    -v max_children="$max_children" -v ends="$work/end" -v begins="$work/begin" '
    function end(id) { dead[id]; print id >ends }
    BEGIN {
      printf "" >ends
      printf "" >begins
      while ((getline line < seen) > 0) { split(line, word, " "); if (word[2] <= now) since[word[1]] = word[2] }
      close(seen)
      printf "" >seen
      while ((getline line < lost) > 0) { split(line, word, " "); end(word[2]) }
      while ((getline line < sas) > 0) {
        children = split(line, word, " ") - 6
        id = word[2]
        if (word[5] == "foreign") continue
        if (children > max_children) end(id)
        if (word[4] == "INSTALLED" && word[3] != "DELETING" && !(id in dead) && word[5] != "former") carrying[word[1]] = carrying[word[1]] " " id
        underway = word[3] == "CONNECTING" || word[3] == "CREATED"
        if (underway) {
          if ((id in since) && now - since[id] >= patience) end(id)
          print id, ((id in since) ? since[id] : now) >seen
        }
        if (!(id in dead) && word[3] != "DELETING" && (underway || word[4] != "-")) there[word[1]]
      }
    }
    {
      n = split(carrying[$1], ids, " ")
      last = ids[1]
      for (i = 2; i <= n; i++) {
        former = (ids[i] + 0 > last + 0) ? last : ids[i]
        if (former == last) last = ids[i]
        end(former)
      }
    }
    !($1 in there) { print $1 >begins }
  ' "$work/dialled"
}

missing() {
  [ ! -e "$switched_off" ] || return 0
  read_associations_and_lost || return 0
  ! find_made revoked || revoke revoked
  plan_missing
  terminate <"$work/end"
  [ -s "$work/begin" ] || return 0
  read -r attempt 2>/dev/null <"$attempts" || attempt=0
  echo "$((attempt + 1))" >"$attempts"
  shuf -n "$1" "$work/begin" | in_turn "$attempt" >"$work/chosen"
  initiate <"$work/chosen"
}

# Lines `former NAME ID`, `end ID`, `begin NAME`, and `wait NAME` where it has begun. The answering side ends nothing: the other would take that for a failure,
# and dial once more. Of several new ones, as after a kill, the last stays.
plan_renewal() {
  find_dialled
  awk -v dialled="$work/dialled" '
    BEGIN { while ((getline line < dialled) > 0) { split(line, word, " "); dials[word[1]] } }
    $3 == "DELETING" { next }
    $5 == "former" { former[$2] = $1 }
    $5 == "current" && $4 != "INSTALLED" { begun[$1] }
    $5 == "current" && $4 == "INSTALLED" && $1 in dials { renewed[$1] = renewed[$1] " " $2 }
    END {
      for (name in renewed) {
        n = split(renewed[name], ids, " ")
        last = ids[1]
        for (i = 2; i <= n; i++) if (ids[i] + 0 > last + 0) last = ids[i]
        for (i = 1; i <= n; i++) if (ids[i] != last) print "end", ids[i]
      }
      for (id in former) {
        name = former[id]
        if (name in renewed) { print "end", id; continue }
        print "former", name, id
        if (name in dials) print (name in begun ? "wait" : "begin"), name
      }
    }
  ' "$work/sas" >"$work/renewal"
  # A peer has moved when nothing leads to where it was.
  [ -s "$moved" ] || return 0
  awk 'NR == FNR { if ($1 == "former") still[$2]; next } $1 in still' "$work/renewal" "$moved" >"$work/moved"
  cat "$work/moved" >"$moved"
}

# The former one is ended within a few seconds after the new one carries: after ten, the answering side would (strongSwan, unique = replace).
renew() {
  read_associations || return 0
  plan_renewal
  sed -n 's/^begin //p' "$work/renewal" | sort -u | in_turn 0 >"$work/begin"
  initiate <"$work/begin"
  for _ in 1 2 3 4 5 6; do
    sed -n 's/^end //p' "$work/renewal" | terminate
    [ -s "$work/begin" ] || grep -q '^wait ' "$work/renewal" || break
    : >"$work/begin"
    sleep 0.5
    read_associations || break
    plan_renewal
  done
  sed -n 's/^former //p' "$work/renewal" | sort
}

expel() {
  read_associations || return 0
  awk 'NR == FNR { wanted[$1]; next } $1 in wanted && $5 == "former" { print $2 }' - "$work/sas" | terminate
}

# find_made WORD...: into $work/found the names in charon of what was made so; whether there is any.
find_made() {
  awk -v words=" $* " 'index(words, " " $5 " ") { print $6 }' "$work/sas" | sort -u >"$work/found"
  [ -s "$work/found" ]
}

# revoke WORD...: what was made so is terminated by name, and without waiting for the peer, which may rekey between a look and what is done about it, and never answer.
# While it rekeys, what there is may be hidden from a look, for charon goes through its table of IKE_SAs bit by bit: so two looks must find nothing.
revoke() {
  clean=0
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    read_associations || fail "charon does not tell its security associations: $(cat "$work/why")"
    if find_made "$@"; then
      clean=0
      while read -r name; do
        swanctl --terminate --ike "$name" --force --timeout 1 >/dev/null 2>&1 </dev/null || :
      done <"$work/found"
    else
      clean=$((clean + 1))
      [ "$clean" -lt 2 ] || return 0
    fi
  done
  fail "these were made with a key that is not accepted, and do not end: $(tr '\n' ' ' <"$work/found")"
}

# One at a time, so that the folder is its own; but a revocation waits for nothing else.
case ${1:-} in
  revoke) work=$run/revoke ;;
  *) work=$run/dial ;;
esac
[ -d "$work" ] || mkdir -p "$work"
exec 8>"$work.lock"
flock -w 30 8 || fail "another has been dialling for half a minute: see who holds $work.lock"
case ${1:-} in
  missing) missing "${2:-1000}" ;;
  renew) renew ;;
  expel) expel ;;
  revoke) revoke revoked gone ;;
  *) fail "usage: dial missing [ATTEMPTS]|renew|expel|revoke" ;;
esac
