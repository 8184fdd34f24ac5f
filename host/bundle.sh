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

# unpack BUNDLE: splits it into files, those of $config into $stage/config under their names, the others into $stage/others as 1, 2, ..., and says in $stage:
#   index     lines `MODE PATH FILE`
#   paths     all paths
#   gone      paths of the manifest that it does not have
#   manifest  the manifest with its paths added; no file, if that has them all
#   size      `BYTES FILES`
unpack() {
  # Of another that was unpacked before.
  if [ -e "$stage/index" ]; then
    rm -rf "$stage/config" "$stage/others" "$stage/manifest"
    mkdir "$stage/config" "$stage/others"
  fi
  awk -v stage="$stage" -v node="$node" -v config="$config/" -v manifest="$manifest" '
    function bad(why) { print "line " NR ": " why; failed = 1; exit }
    function begin_file(mode, path) {
      target = index(path, config) == 1 ? stage "/config/" substr(path, length(config) + 1) : stage "/others/" count
      printf "" > target
      print mode, path, target > (stage "/index")
      print path > (stage "/paths")
      has[path]
      if (!(path in known)) added = added path "\n"
    }
    BEGIN {
      printf "" > (stage "/index"); printf "" > (stage "/paths"); printf "" > (stage "/gone")
      while ((getline line < manifest) > 0) { known[line]; all = all line "\n" }
    }
    { bytes += length($0) + 1 }
    ended { bad("text after the end") }
    left > 0 { print > target; if (--left == 0) close(target); next }
    NR == 1 { if ($0 != "fullmesh-bundle 1 " node) bad("not a bundle for this node: " $0); next }
    $1 == "file" && NF == 4 && ($2 == "0600" || $2 == "0644") && $3 ~ /^\/[^ ]*$/ && $4 ~ /^[0-9]+$/ {
      count++
      left = $4
      begin_file($2, $3)
      next
    }
    $1 == "end" && $2 == count { ended = 1; next }
    { bad("not understood: " $0) }
    END {
      if (!failed && !ended) { print "it is cut off after line " NR; failed = 1 }
      for (path in known) if (!(path in has)) print path > (stage "/gone")
      if (added != "") printf "%s%s", all, added > (stage "/manifest")
      print bytes, count > (stage "/size")
      exit failed
    }
  ' "$1" >"$stage/errors" || fail "the bundle is broken, nothing was written: $(cat "$stage/errors")"
}

# commit: from here on, the files of the bundle $stage/bundle are what the node is to have. It must be unpacked, and goes from there.
commit() {
  # Both old and new, until those that go are gone: no crash leaves a file that nobody knows of.
  [ ! -e "$stage/manifest" ] || mv "$stage/manifest" "$manifest"
  sync "$stage/bundle" "$manifest"
  mv "$stage/bundle" "$committed"
  sync "$state"
}

# What kills left of files of ours.
drop_half_written() {
  while read -r path; do
    [ ! -e "$path$half_written" ] || rm -f "$path$half_written"
  done <"$manifest"
}

# Writes each of the bundle's files that is not on the node as it should be, beside the one that it is to take the place of, and prints a line `MODE PATH` for it.
# They are root's alone. One process for all of them.
write_beside() {
  awk -v suffix="$half_written" '
    {
      do {
        more = (getline should < $3) > 0
        same = more == ((getline is < $2) > 0) && (!more || is "" == should "")
      } while (more && same)
      close($3); close($2)
      if (same) next
      beside = $2 suffix
      printf "" > beside
      while ((getline line < $3) > 0) print line > beside
      close($3); close(beside)
      print $1, $2
    }
  ' "$stage/index"
}

# Puts the files of the committed bundle in place, which must be unpacked. Done again after a kill, it goes on where that was. Afterwards the files are in $paths, and
# in $written and $removed how many were changed.
place_files() {
  drop_half_written
  paths=""
  while read -r _ path _; do
    paths="$paths $path"
    [ -d "${path%/*}" ] || install -d -m 0755 "${path%/*}"
  done <"$stage/index"
  write_beside >"$stage/differing"
  set --
  while read -r mode path; do
    [ "$mode" = 0600 ] || set -- "$@" "$path$half_written"
  done <"$stage/differing"
  [ $# = 0 ] || chmod 0644 "$@"
  # What must be on the disk at the end: the files, and the folders in which their names are.
  set --
  folder="" written=0 removed=0
  while read -r _ path; do
    note_consequences "$path" "$path$half_written"
    mv "$path$half_written" "$path"
    [ "${path%/*}" = "$folder" ] || set -- "$@" "${path%/*}"
    folder=${path%/*}
    set -- "$@" "$path"
    written=$((written + 1))
  done <"$stage/differing"
  while read -r path; do
    note_consequences "$path" ""
    rm -f "$path"
    [ ! -d "${path%/*}" ] || set -- "$@" "${path%/*}"
    removed=$((removed + 1))
  done <"$stage/gone"
  [ $# = 0 ] || sync "$@"
  [ ! -s "$stage/gone" ] || mv "$stage/paths" "$manifest"
  mv "$committed" "$placed"
  sync "$state"
}
