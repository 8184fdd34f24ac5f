#!/bin/sh
# What becomes of a bundle on the disk, for `apply`, which reads this with `.`:
#
#     $state/committed  its files are being put in place: whoever comes next, at a boot or to apply another, finishes that first
#     $state/placed     its files are in place, and it has not been acted upon to the end
#     $state/good       it was applied last with success
#
# A bundle goes from one to the next by one rename, and not before all that went before is on the disk. So a node that loses power
# at any time has the files of the old bundle or those of the new one when its daemons start.

# shellcheck shell=sh disable=SC2034,SC2154 # what `apply` uses, and what that and the prelude set

committed=$state/committed
placed=$state/placed
good=$state/good
manifest=$state/files

# unpack BUNDLE: splits it into $stage/files/1, 2, ... and $stage/index with a line `MODE PATH` each.
unpack() {
  rm -rf "$stage/files"
  mkdir "$stage/files"
  : >"$stage/index"
  awk -v stage="$stage" -v node="$node" '
    function bad(why) { print "line " NR ": " why; failed = 1; exit }
    ended { bad("text after the end") }
    left > 0 { print > target; if (--left == 0) close(target); next }
    NR == 1 { if ($0 != "fullmesh-bundle 1 " node) bad("not a bundle for this node: " $0); next }
    $1 == "file" && NF == 4 && $2 ~ /^0[0-7][0-7][0-7]$/ && $3 ~ /^\/[^ ]*$/ && $4 ~ /^[0-9]+$/ {
      target = stage "/files/" ++count; left = $4
      printf "" > target
      print $2, $3 > (stage "/index")
      next
    }
    $1 == "end" && $2 == count { ended = 1; next }
    { bad("not understood: " $0) }
    END { if (!failed && !ended) { print "it is cut off after line " NR; failed = 1 } exit failed }
  ' "$1" >"$stage/errors" || fail "the bundle is broken, nothing was written: $(cat "$stage/errors")"
}

# unpacked PATH: where the unpacked bundle's file for the path is; no file, if it has none.
unpacked() {
  number=0
  while read -r _ path; do
    number=$((number + 1))
    [ "$path" != "$1" ] || break
  done <"$stage/index"
  if [ "$path" = "$1" ]; then echo "$stage/files/$number"; else echo "$stage/files/none"; fi
}

# commit BUNDLE: from here on, its files are what the node is to have. It must be unpacked.
commit() {
  awk '{ print $2 }' "$stage/index" | sort >"$stage/paths"
  touch "$manifest"
  # Both old and new, until those that go are gone: no crash leaves a file that nobody knows of.
  sort -u "$stage/paths" "$manifest" >"$stage/manifest"
  cmp -s "$stage/manifest" "$manifest" || mv "$stage/manifest" "$manifest"
  cp "$1" "$stage/committed"
  sync "$stage/committed" "$manifest"
  mv "$stage/committed" "$committed"
  sync "$state"
}

# Lines `NUMBER MODE PATH` of the bundle's files that are not on the node as they should be. One process for all of them.
differing() {
  awk -v stage="$stage" '
    {
      wanted = stage "/files/" NR
      do {
        more = (getline should < wanted) > 0
        same = more == ((getline is < $2) > 0) && (!more || is "" == should "")
      } while (more && same)
      close(wanted); close($2)
      if (!same) print NR, $0
    }
  ' "$stage/index"
}

# What kills left of files of ours.
drop_half_written() {
  sed "s|\$|$half_written|" "$manifest" | xargs -r -d '\n' rm -f
}

# Puts the files of the committed bundle in place, which must be unpacked. Done again after a kill, it goes on where that was.
place_files() {
  awk '{ print $2 }' "$stage/index" | sort >"$stage/paths"
  differing >"$stage/differing"
  while read -r number mode path; do
    [ -d "${path%/*}" ] || install -d -m 0755 "${path%/*}"
    note_consequences "$path" "$stage/files/$number"
    install -m "$mode" "$stage/files/$number" "$path$half_written"
    mv "$path$half_written" "$path"
  done <"$stage/differing"
  comm -13 "$stage/paths" "$manifest" >"$stage/gone"
  while read -r path; do
    note_consequences "$path" ""
    rm -f "$path"
  done <"$stage/gone"
  drop_half_written
  { awk '{ print $3; sub(/\/[^\/]*$/, "", $3); print $3 }' "$stage/differing"; sed 's|/[^/]*$||' "$stage/gone"; } | sort -u |
    while read -r path; do [ ! -e "$path" ] || echo "$path"; done | xargs -r -d '\n' sync
  cmp -s "$stage/paths" "$manifest" || mv "$stage/paths" "$manifest"
  mv "$committed" "$placed"
  sync "$state"
}
