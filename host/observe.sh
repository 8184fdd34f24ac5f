#!/bin/sh
# observe: prints the raw state of this node's half of the mesh, for core/observe to read. It changes nothing.
# It stands alone but for `filters`, which the CLI puts before it and sends with it to `sh -s`, so that it fits the CLI and not what is installed.
#
#     == SECTION
#     raw output of the command
#     -- why there is none, or not all of it
#
# Each section takes as many seconds at the most as the first argument says, by default 5, and one that fails does not stop the next.

set -eu
export LC_ALL=C
# A login without root's PATH reaches us by sudo, which may not add the sbin folders.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

babel_socket=/run/fullmesh/babeld.sock
# There while the mesh is switched off on this node.
switched_off=/var/lib/fullmesh/switched-off
# What was applied last with success.
good=/var/lib/fullmesh/good
# They alone know how the node should be.
scripts=/usr/local/lib/fullmesh
# Where no peer has a DNS name, there is no such file.
looked_up=/etc/swanctl/conf.d/fullmesh-names.conf
[ -e "$looked_up" ] || looked_up=/dev/null
seconds=${1:-5}

# section NAME COMMAND [ARGUMENT...]: stdout goes out as it is, stderr becomes the reason if the command fails.
section() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  status=0
  reason=$({ timeout "$seconds" "$@" </dev/null 2>&1 >&3 3>&-; }) || status=$?
  case $status in
    0) ;;
    124) printf '\n-- %s: no answer within %s s\n' "$1" "$seconds" ;;
    # swanctl says in one line of many what is wrong.
    *) printf '\n-- %s: %s\n' "$1" "$(printf '%s\n' "${reason:-exit status $status}" | awk '/^[Ee]rror/ { print; found = 1; exit } { all = all space $0; space = " " } END { if (!found) print all }')" ;;
  esac
}

# The greeting ends with a line `ok`, and so does the answer.
# shellcheck disable=SC2016 # the text is Perl
babel_dump='
  my $babel = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\n";
  while (<$babel>) { last if /^ok$/ }
  print $babel "dump\n";
  my $whole = 0;
  while (<$babel>) { if (/^ok$/) { $whole = 1; last } print }
  die "$ARGV[0]: the answer breaks off\n" unless $whole;
'

# A function, so that the shell has read the whole script before something else reads stdin.
main() {
  exec 3>&1
  # Who sends this and is not read to the end may take it for a failure (Pulumi command provider).
  [ -t 0 ] || cat >/dev/null
  section os cat /etc/os-release
  section clock date +%s
  section bundle sh -c "if [ -e $good ]; then stat -c %Y $good; sha256sum $good; fi"
  section services systemctl show --property=Id,LoadState,ActiveState,NRestarts \
    strongswan.service fullmesh-babeld.service fullmesh-links.service fullmesh-firewall.service
  section off sh -c "if [ -e $switched_off ]; then echo yes; cat $switched_off; fi"
  section rules sh -c "if [ -e $scripts/firewall ]; then exec $scripts/firewall check; fi"
  section deviations sh -c "if [ -e /etc/fullmesh/links.conf ]; then $scripts/links check; fi; if [ -e /etc/fullmesh/uplinks.conf ]; then $scripts/uplinks check; fi"
  section ports sh -c "if [ -e $scripts/ports ]; then exec $scripts/ports; fi"
  # A host that is not deployed to may have no nft.
  # shellcheck disable=SC2154 # which `filters` sets
  section filters sh -c "$print_filters"
  section sas swanctl --list-sas --raw
  section conns swanctl --list-conns --raw
  # shellcheck disable=SC2016 # the text is awk
  section names awk '/^ .* {$/ { name = $1 } $1 == "remote_addrs" { print name }' "$looked_up"
  section babel perl -MIO::Socket::UNIX -e "$babel_dump" "$babel_socket"
  netns=$(sed -nE 's/^isolation (netns|vrf) //p' /etc/fullmesh/links.conf 2>/dev/null || :)
  section links ip ${netns:+-n "$netns"} -details -statistics -json link show type xfrm
  section routes4 ip ${netns:+-n "$netns"} -json route show proto babel
  section routes6 ip ${netns:+-n "$netns"} -6 -json route show proto babel
}

main "$@"
