#!/bin/sh
# What charon and the kernel say of the links' security associations, for `dial`, `verify` and `drift`, which read this with `.` and have a folder $work.
# shellcheck shell=sh source=host/prelude.sh disable=SC2154

# What a daemon takes longer for, it does not do.
daemon_seconds=15

# swanctl takes more than half of its time to load the plugins that read keys, and none of these scripts has it read any. Not to load one at all is no setting.
export STRONGSWAN_CONF="$run/swanctl.conf"
if [ ! -e "$STRONGSWAN_CONF" ]; then
  [ -d "$run" ] || mkdir -p "$run"
  printf 'include /etc/strongswan.conf\nswanctl {\n  load = nonce\n}\n' >"$STRONGSWAN_CONF.$$"
  mv "$STRONGSWAN_CONF.$$" "$STRONGSWAN_CONF"
fi

# read_associations: lines `NAME ID IKE_STATE CHILD_STATE SPI...` of all IKE_SAs into $work/sas, with `-` for what is not there; the SPIs are those of installed
# CHILD_SAs, for what comes in. Fails, with the reason in $work/why, where charon does not answer.
read_associations() {
  : >"$work/sas"
  timeout "$daemon_seconds" swanctl --list-sas --raw >"$work/raw" 2>"$work/why" </dev/null || return 1
  awk '
    !/^list-sa event / { next }
    {
      children = split($0, part, / state=/)
      split(part[1], word, /[ {=]+/)
      split(part[2], ike, " ")
      state = "-"; spis = ""
      for (i = 3; i <= children; i++) {
        split(part[i], child, " ")
        if (state != "INSTALLED") state = child[1]
        if (child[1] == "INSTALLED" && match(part[i], / spi-in=[0-9a-f]+/)) spis = spis " " substr(part[i], RSTART + 8, RLENGTH - 8)
      }
      print word[3], word[5], ike[1], state spis
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
      for (i = 5; i <= NF; i++) held = held && ("spi", "0x" $i) in there
      if (!held) print $1, $2
    }
  ' "$work/sas" >"$work/lost"
}
