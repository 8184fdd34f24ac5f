#!/bin/sh
# babel say|leave|unhush|check: speaks to the node's babeld on its control socket (babeld(8), local-path-readwrite).
#   say    hands on the lines on stdin and prints what babeld answers; false unless it agrees to each
#   leave  gives up the interfaces on stdin, one a line, without losing what they carry: it takes 16 hello intervals
#   unhush lets babel's packets pass where a `leave` that was killed has stopped them
#   check  changes nothing, and prints `babel-route NETWORK` of routes that babeld has installed and the kernel no longer has: babeld does not look for them again
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

socket=$run/babeld.sock
port=6696

# Without the modules for it, which take longer to load than all the rest: 1 is AF_UNIX and SOCK_STREAM on all of Linux (unix(7)).
# shellcheck disable=SC2016 # the text is Perl, and expands nothing of the shell's
client='
  $SIG{ALRM} = sub { die "$ARGV[0]: no answer\n" };
  alarm 10;
  socket(my $babel, 1, 1, 0) or die "$!\n";
  connect($babel, pack("Sa108", 1, $ARGV[0])) or die "$ARGV[0]: $!\n";
  select((select($babel), $| = 1)[0]);
  sub answer { while (<$babel>) { return 1 if /^ok$/; return 0 if /^(no|bad)/; print } return 0 }
  answer() or exit 1;
  while (my $line = <STDIN>) { print $babel $line; answer() or exit 1 }
'

say() { perl -e "$client" "$socket"; }

# Stops babel's packets on the leaving interfaces, both ways. All else still goes through. Wherever the interfaces are, their policies are where charon is.
hush() {
  while read -r interface; do
    if_id=$(ip ${netns:+-n "$netns"} -o -d link show dev "$interface" 2>/dev/null | sed -n 's/.* xfrm if_id \(0x[0-9a-f]*\).*/\1/p')
    [ -n "$if_id" ] || continue
    for direction in in out; do
      # There already, if a run before this one was killed: so no `add`.
      # shellcheck disable=SC2086 # words on purpose
      ip xfrm policy update dir "$direction" $babel_packets if_id "$if_id" action block priority 1
    done
  done <"$work/leaving"
}

# By number, as a host need not have /etc/protocols.
babel_packets="src ::/0 dst ::/0 proto 17 dport $port"

# Of all interfaces: one `leave` runs at a time.
# shellcheck disable=SC2086 # words on purpose
unhush() { ip xfrm policy deleteall $babel_packets action block; }

# What babeld knows of the leaving interfaces: lines `interface NAME` and `neighbour NAME`.
known() {
  echo dump | say >"$work/dump"
  awk 'NR == FNR { leaving[$1]; next }
    $2 == "interface" && $3 in leaving { print $2, $3 }
    $2 == "neighbour" { for (i = 4; i < NF; i++) if ($i == "if" && $(i + 1) in leaving) print $2, $(i + 1) }
  ' "$work/leaving" "$work/dump"
}

# babeld 1.12.1 keeps the neighbours of an interface that it is told to flush. If it has something left to say to one of them, it cannot sign it without the
# interface's address, and tries again without end: it fills the journal and is late with its hellos on all other interfaces, until it forgets the neighbour.
# So the neighbour is forgotten first. Babel alone goes silent on the link, which carries traffic until both ends have found another way.
leave() {
  cat >"$work/leaving"
  trap 'unhush || :; rm -rf "$work"' EXIT
  trap 'exit 143' TERM
  hush
  hello=$(sed -n 's/^interface .* hello-interval \([0-9]*\).*/\1/p' "$config/babeld.conf" | sort -n | tail -n 1)
  left=$((20 * ${hello:-4} + 10))
  known >"$work/known"
  while grep '^neighbour ' "$work/known" >"$work/heard"; do
    [ "$left" -gt 0 ] || fail "babeld does not forget the $(head -n 1 "$work/heard"), whose link is to go: see journalctl -u fullmesh-babeld, then run \`pulumi up\` again"
    left=$((left - 1))
    sleep 1
    known >"$work/known"
  done
  sed -n 's/^interface /flush interface /p' "$work/known" | say
}

check() {
  echo dump | say >"$work/dump"
  # ip(8) leaves out the length of the prefix of one address. What a neighbour has retracted, babeld has as unreachable for a while.
  { in_namespace ip route show proto babel; in_namespace ip -6 route show proto babel; } | awk -v dump="$work/dump" '
    { there[$1 == "unreachable" ? $2 : $1] }
    END {
      while ((getline line < dump) > 0) {
        split(line, word, " ")
        if (word[2] != "route" || line !~ / installed yes /) continue
        network = word[5]
        if (network ~ /^[0-9.]*\/32$|:.*\/128$/) sub(/\/.*/, "", network)
        if (!(network in there)) print "babel-route", network
      }
    }
  '
}

case ${1:-} in
  unhush) unhush ;;
  say) exec perl -e "$client" "$socket" ;;
  leave | check)
    work=$(mktemp -d "$run/babel.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    read_place "$config/links.conf"
    "$1"
    ;;
  *) fail "usage: babel say|leave|unhush|check" ;;
esac
