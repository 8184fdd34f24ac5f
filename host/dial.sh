#!/bin/sh
# dial missing [ATTEMPTS]|stale|renew|expel: security associations that this node is to begin, where it is the one that dials.
#   missing  begins those that are not there, at most so many of them; what the kernel has lost is ended first, for charon does not know, and so is what has been
#            on its way for long, for charon may be trying with settings from before. Of several that carry the last stays
#   stale    notes those of the connections on stdin, lines `NAME changed|revoked`, that run on former settings; prints nothing
#   renew    begins each of these anew and only then ends the former one, so that no packet is lost; what could not be renewed stays noted. Prints what is
#   expel    ends those of the connections on stdin that are still noted
# charon itself begins none at its start or when connections are loaded (start_action none): it would end the former one first.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

child=overlay
on_their_way=$run/on-their-way
patience_seconds=12

# Into $work/dialled a line for each connection that this node dials, which begins with its name.
find_dialled() {
  grep -hs ' : fullmesh-dials {$' "$connections"/fm*.conf >"$work/dialled" || :
}

# On each name on stdin, without waiting for what becomes of it.
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

# Into $work/end the ids of what is dead: lost by the kernel, or on its way since before the last look, which was not just now. Into $work/begin the names of what this
# node dials and is not there. The file $on_their_way has lines `ID SECONDS`, when each was first seen, by the time since boot.
# Of a link that this node has initiated twice, as where charon and `dial` both did, the older IKE_SAs are terminated, but not what `renew` is to terminate. The responder
# would do so within ten seconds (unique = replace), charon here would take that for a failure and initiate once more (close_action = start), and so on for ever.
plan_missing() {
  find_dialled
  read_clock
  awk -v sas="$work/sas" -v lost="$work/lost" -v stale="$stale" -v seen="$on_their_way" -v now="$now" -v patience="$patience_seconds" \
    -v ends="$work/end" -v begins="$work/begin" '
    function end(id) { dead[id]; print id >ends }
    BEGIN {
      printf "" >ends
      printf "" >begins
      while ((getline line < seen) > 0) { split(line, word, " "); if (word[2] <= now) since[word[1]] = word[2] }
      close(seen)
      printf "" >seen
      while ((getline line < lost) > 0) { split(line, word, " "); end(word[2]) }
      while ((getline line < stale) > 0) { split(line, word, " "); noted[word[2]] }
      while ((getline line < sas) > 0) {
        split(line, word, " ")
        id = word[2]
        if (word[4] == "INSTALLED" && word[3] != "DELETING" && !(id in dead) && !(id in noted)) carrying[word[1]] = carrying[word[1]] " " id
        underway = word[3] == "CONNECTING" || word[3] == "CREATED"
        if (underway && word[1] ~ /^fm/) {
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
  plan_missing
  terminate <"$work/end"
  [ -s "$work/begin" ] || return 0
  shuf -n "$1" "$work/begin" >"$work/chosen"
  initiate <"$work/chosen"
}

note_stale() {
  read_associations || fail "charon does not tell its security associations: $(cat "$work/why")"
  awk -v sas="$work/sas" '
    BEGIN { while ((getline line < sas) > 0) { split(line, word, " "); ids[word[1]] = ids[word[1]] " " word[2] } }
    { n = split(ids[$1], id, " "); for (i = 1; i <= n; i++) print $1, id[i], $2 }
  ' >"$work/new"
  [ -s "$work/new" ] || return 0
  # One that is noted as revoked stays so.
  cat "$stale" "$work/new" 2>/dev/null | sort -r | awk '!seen[$1, $2]++' >"$stale.new"
  mv "$stale.new" "$stale"
}

# Lines `stale NAME ID WHY`, `end ID`, `begin NAME`, and `wait NAME` where it has begun. The answering side ends nothing: the other would take that for a failure,
# and dial once more. Of several new ones, as after a kill, the last stays.
plan_renewal() {
  find_dialled
  awk -v sas="$work/sas" -v dialled="$work/dialled" '
    BEGIN {
      while ((getline line < dialled) > 0) { split(line, word, " "); dials[word[1]] }
      while ((getline line < sas) > 0) {
        split(line, word, " ")
        if (word[3] == "DELETING") continue
        name[word[2]] = word[1]; state[word[2]] = word[4]
      }
    }
    { noted[$2] = $1; why[$2] = $3 }
    END {
      for (id in name) if (!(id in noted)) {
        if (state[id] != "INSTALLED") { begun[name[id]]; continue }
        if (!(name[id] in dials)) continue
        if (name[id] in renewed) print "end", (id + 0 < renewed[name[id]] + 0 ? id : renewed[name[id]])
        if (!(name[id] in renewed) || id + 0 > renewed[name[id]] + 0) renewed[name[id]] = id
      }
      for (id in noted) {
        if (name[id] != noted[id]) continue
        if (noted[id] in renewed) { print "end", id; continue }
        print "stale", noted[id], id, why[id]
        if (noted[id] in dials) print (noted[id] in begun ? "wait" : "begin"), noted[id]
      }
    }
  ' "$stale"
}

# The former one is ended within a few seconds after the new one carries: after ten, the answering side would (strongSwan, unique = replace).
renew() {
  [ -s "$stale" ] || return 0
  read_associations || { cat "$stale"; return 0; }
  plan_renewal >"$work/renewal"
  sed -n 's/^begin //p' "$work/renewal" | sort -u >"$work/begin"
  initiate <"$work/begin"
  for _ in 1 2 3 4 5 6; do
    sed -n 's/^end //p' "$work/renewal" | terminate
    sed -n 's/^stale //p' "$work/renewal" | sort >"$stale.new"
    mv "$stale.new" "$stale"
    [ -s "$work/begin" ] || grep -q '^wait ' "$work/renewal" || break
    : >"$work/begin"
    sleep 0.5
    read_associations || break
    plan_renewal >"$work/renewal"
  done
  cat "$stale"
}

expel() {
  [ -s "$stale" ] || return 0
  awk 'NR == FNR { wanted[$1]; next } $1 in wanted { print $2 }' - "$stale" | terminate
}

# One at a time, so that the folder is its own.
work=$run/dial
[ -d "$work" ] || mkdir -p "$work"
exec 8>"$run/dial.lock"
flock -w 30 8 || fail "another has been dialling for half a minute: see who holds $run/dial.lock"
case ${1:-} in
  missing) missing "${2:-1000}" ;;
  stale) note_stale ;;
  renew) renew ;;
  expel) expel ;;
  *) fail "usage: dial missing [ATTEMPTS]|stale|renew|expel" ;;
esac
