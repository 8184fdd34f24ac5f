#!/bin/sh
# What charon and the kernel say of the links' security associations, for `dial`, `verify` and `drift`, which read this with `.` and have a folder $work.
# shellcheck shell=sh source=host/prelude.sh disable=SC2154

# What a daemon takes longer for, it does not do.
daemon_seconds=15

# Placed by `install`.
if [ -e "$swanctl_settings" ]; then export STRONGSWAN_CONF="$swanctl_settings"; fi

# find_accepted: lines `NAME CHARON_NAME` into $work/accepted, of each connection its names in charon as the files have them, the one for the key in use first. What a
# name in charon says stands in core/render/charonName.ts.
find_accepted() {
  awk '/^  fm[0-9a-z-]+_[0-9a-f_]+ : / { name = $1; sub(/_.*/, "", name); print name, $1 }' "$connections"/fm*.conf >"$work/accepted" 2>/dev/null || :
}

# read_associations: lines `NAME ID IKE_STATE CHILD_STATE MADE CHARON_NAME SPI...` of all IKE_SAs into $work/sas, with `-` for what is not there; the SPIs are those of
# installed CHILD_SAs, for what comes in. Fails, with the reason in $work/why, where charon does not answer. MADE says what it was made with, which it keeps when it is
# rekeyed, whoever does that:
#   current  with the settings and the key in use
#   former   with other settings, or a key that is accepted and no longer in use, or towards an address that its peer has left
#   revoked  with a key that is not accepted
#   gone     for a connection that is no more
#   foreign  not by us
read_associations() {
  : >"$work/sas"
  find_accepted
  timeout "$daemon_seconds" swanctl --list-sas --raw >"$work/raw" 2>"$work/why" </dev/null || return 1
  awk -v accepted="$work/accepted" -v moved="$moved" '
    BEGIN {
      while ((getline line < accepted) > 0) {
        split(line, word, " ")
        if (!(word[1] in first)) first[word[1]] = word[2]
        split(word[2], part, "_")
        takes[word[1], part[2]]
      }
      while ((getline line < moved) > 0) { split(line, word, " "); address[word[1]] = word[2] }
    }
    function made(name, charon_name, host, part) {
      if (name !~ /^fm[0-9a-f]+-/) return "foreign"
      if (!(name in first)) return "gone"
      # Of a fullmesh that had other names in charon.
      if (charon_name == name) return "former"
      split(charon_name, part, "_")
      if (!((name, part[2]) in takes)) return "revoked"
      return charon_name != first[name] || (name in address) && host != address[name] ? "former" : "current"
    }
    !/^list-sa event / { next }
    {
      children = split($0, part, / state=/)
      split(part[1], word, /[ {=]+/)
      split(part[2], ike, " ")
      host = match(part[2], / remote-host=[^ ]+/) ? substr(part[2], RSTART + 13, RLENGTH - 13) : "-"
      state = "-"; spis = ""
      for (i = 3; i <= children; i++) {
        split(part[i], child, " ")
        if (state != "INSTALLED") state = child[1]
        if (child[1] == "INSTALLED" && match(part[i], / spi-in=[0-9a-f]+/)) spis = spis " " substr(part[i], RSTART + 8, RLENGTH - 8)
      }
      name = word[3]; sub(/_.*/, "", name)
      print name, word[5], ike[1], state, made(name, word[3], host), word[3] spis
    }
  ' "$work/raw" >"$work/sas"
}

# To $work/kernel the policies for what goes out and the security associations, a line each, as ip(8) prints them. Not in one batch, in which ip(8) shows no
# state after a policy (seen with 6.1).
ask_kernel() {
  ip -o xfrm policy list dir out >>"$work/kernel"
  ip -o xfrm state list nokeys >>"$work/kernel"
}

# As read_associations, and lines `NAME ID` into $work/lost of those of ours that the kernel has lost. It is read before charon, which may just be ending some, and
# if any are not there, afterwards, too, for charon may have made them in between.
read_associations_and_lost() {
  : >"$work/lost"
  : >"$work/kernel"
  ask_kernel
  read_associations || return 1
  find_lost
  [ -s "$work/lost" ] || return 0
  ask_kernel
  find_lost
}

find_lost() {
  awk -v kernel="$work/kernel" -v table="$config/links.conf" '
    BEGIN {
      while ((getline line < kernel) > 0) {
        n = split(line, word, /[ \t\\]+/)
        what = (line ~ / priority /) ? "if_id" : "spi"
        for (i = 1; i < n; i++) if (word[i] == what) there[what, word[i + 1]]
      }
      while ((getline line < table) > 0) { split(line, word, " "); if (word[1] == "link") if_id[word[2]] = sprintf("0x%x", word[3]) }
    }
    !($1 in if_id) || $3 != "ESTABLISHED" || $4 != "INSTALLED" { next }
    {
      held = ("if_id", if_id[$1]) in there
      for (i = 7; i <= NF; i++) held = held && ("spi", "0x" $i) in there
      if (!held) print $1, $2
    }
  ' "$work/sas" >"$work/lost"
}
