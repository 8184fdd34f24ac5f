#!/bin/sh
# preflight NODE PORT ISOLATION NOW SSH_CONNECTION NETWORKS [WHAT=VERSION...]: looks whether the node can be worked on as a part of a mesh, and says all that is wrong at
# once. It changes nothing. NOW is the deployer's time in seconds since 1970, SSH_CONNECTION what sshd(8) says of the login. NETWORKS is what the host
# must have nothing in, with commas between: CIDR, and after an `@` the node that announces it, if it is not the overlay. Each WHAT, a word of a cipher proposal
# or `ppk`, needs a strongSwan of that version at least. On stdout are the tables of nftables that may drop what is the mesh's, for the deployer to judge. This text is
# complete: the deployer puts the prelude, `packages` and `filters` before it.
# shellcheck shell=sh source=host/packages.sh disable=SC2154

# By how much clocks may differ: over this, apt may find a release's signature in the future, and two nodes' logs cannot be compared.
clock_seconds=60

problems=0

problem() {
  problems=$((problems + 1))
  printf 'fullmesh: %s: %s\n    fix: %s\n' "$node" "$1" "$2" >&2
}

# What the scripts call, and a minimal Debian need not have.
check_programs() {
  while read -r program package; do
    command -v "$program" >/dev/null || problem "there is no program \`$program\` here, and without it this host cannot be looked at" "apt-get install $package"
  done <<END
ip iproute2
ss iproute2
awk mawk
flock util-linux
perl perl-base
END
}

# As sd_booted(3) finds it out.
check_systemd() {
  [ -d /run/systemd/system ] ||
    problem "systemd does not run here" "boot the host, or the container, with systemd as its first process (apt-get install systemd-sysv)"
}

check_distribution() {
  [ -z "$node_packages" ] || return 0
  problem "this host runs \"$distribution\", and fullmesh knows $(printf '%s\n' "$distributions" | awk '{ printf "%s%s %s", comma, $1, $2; comma = ", " }')" \
    "take the node out of the registry, or reinstall the host"
}

# Both by doing it: a module may be there and not load, or be built in and not be listed. Not where a mesh has shown it already.
check_kernel() {
  ! systemctl is-active --quiet fullmesh-links.service || return 0
  load_modules xfrm_interface esp4 esp6
  if ip link add name fm-preflight type xfrm if_id 0xfffffffe 2>/dev/null; then
    ip link del dev fm-preflight
  elif ! command -v modprobe >/dev/null; then
    problem "there is no program \`modprobe\` here, and the kernel has no XFRM interfaces without it" "apt-get install kmod"
    return
  elif ! ip link show dev fm-preflight >/dev/null 2>&1; then
    lacks "make XFRM interfaces (module xfrm_interface)"
  fi
  esp="src 192.0.2.254 dst 192.0.2.253 proto esp spi 0xfffffff1"
  # shellcheck disable=SC2086 # words on purpose
  if ip xfrm state add $esp mode tunnel aead 'rfc4106(gcm(aes))' 0x00112233445566778899aabbccddeeff00112233 128 encap espinudp 4500 4500 0.0.0.0 2>/dev/null; then
    ip xfrm state del $esp
  else
    lacks "do ESP in UDP with AES-GCM (module esp4)"
  fi
}

# load_modules NAME...: into $refusal why one of them does not load.
load_modules() {
  refusal=$(modprobe -a "$@" 2>&1 | head -n 1) || :
}

# lacks WHAT [OTHERWISE]: that the kernel cannot do it, and how it could, by what modprobe(8) has said.
lacks() {
  why="" fix="boot a stock kernel of the distribution: $(stock_kernel)${2:-}"
  case $refusal in
    *"install command"*)
      why=": modprobe.d(5) keeps its modules from being loaded"
      fix="in /etc/modprobe.d, take away: $(modprobe --showconfig 2>/dev/null | grep -E '^install (xfrm|esp|vrf)' | paste -sd ';' -)" ;;
    *"not permitted"*)
      why=": it loads no more modules"
      fix="name xfrm_interface, esp4 and esp6 in a file in /etc/modules-load.d and boot, for kernel.modules_disabled lasts until then; of a container, load them on its host" ;;
    *"not found in directory "*)
      modules=${refusal##*not found in directory }
      if [ ! -e "$modules/modules.dep" ]; then
        why=": its modules are not here, as after an upgrade of the kernel ($modules)"
        fix="boot the host; of a container, load xfrm_interface, esp4 and esp6 on its host"
      fi
      ;;
  esac
  problem "the kernel $(uname -r) cannot $1$why" "$fix"
}

# How apt brings a kernel that has all modules.
stock_kernel() {
  case $distribution in
    ubuntu*) echo "apt-get install linux-modules-extra-$(uname -r), or linux-image-generic" ;;
    *) echo "apt-get install linux-image-$(dpkg --print-architecture 2>/dev/null)" ;;
  esac
}

# Links speak babel over IPv6, whatever carries them. Where it is only switched off (disable_ipv6), our interfaces have it all the same.
check_ipv6() {
  [ ! -e /proc/sys/net/ipv6 ] || return 0
  problem "this kernel has no IPv6, which babel needs inside the links" "take ipv6.disable=1 off the kernel's command line and boot; ipv6.disable_ipv6=1 is fine"
}

# The rules of the mesh tell its interfaces from others by the first letters of their names.
check_names() {
  for name in /sys/class/net/fm* /sys/class/net/fullmesh*; do
    name=${name##*/}
    case $name in *\* | fm-preflight | fullmesh | fullmesh-links) continue ;; esac
    grep -qxs "$name" "$state/interfaces" ||
      problem "the interface $name is named as those of the mesh are, whose rules would cut it off" "rename it (systemd.link(5)), or set the node's isolation to netns"
  done
}

# With its first VRF the kernel makes a rule that stays, so this is for hosts alone on which nothing else is wrong.
check_vrf() {
  [ "$problems" = 0 ] || return 0
  load_modules vrf
  if ip link add name fm-preflight type vrf table 0xfffffffe 2>/dev/null; then
    ip link del dev fm-preflight
  elif ! ip link show dev fm-preflight >/dev/null 2>&1; then
    lacks "make a VRF (module vrf)" "; or set the node's isolation to netns"
  fi
}

# Names of the WireGuard interfaces that have the port. The kernel's own sockets belong to no process.
find_kernel_holder() {
  interfaces=$(wg show all listen-port 2>/dev/null | awk -v port="$port" '$2 == port { printf "%s%s", space, $1; space = " " }')
  if [ -n "$interfaces" ]; then
    echo "the kernel (WireGuard interface $interfaces)"
  else
    echo "the kernel or another container, for ss(8) shows no process"
  fi
}

# Whoever has the port and is not the charon of our unit, each process once; a socket may belong to several.
check_port() {
  ours=$(systemctl show --property=MainPID --value strongswan.service) || ours=""
  holders=$(ss -Hlunp "sport = :$port" | port_holders | awk -v ours="$ours" '
    $1 == ours || seen[$1]++ { next }
    $1 == "-" { print "kernel"; next }
    {
      pid = $1
      sub(/^[^ ]* /, "")
      print $0 " (pid " pid ")" ($0 ~ /^charon(-systemd)?$/ ? ", which is not the charon of strongswan.service" : "")
    }
  ')
  [ -n "$holders" ] || return 0
  while read -r holder; do
    [ "$holder" != kernel ] || holder=$(find_kernel_holder)
    problem "UDP port $port is in use by $holder" "stop it, or give the node another port in all its endpoints"
  done <<END
$holders
END
}

# What runs here already and would get in each other's way with the mesh.
check_neighbours() {
  [ ! -e "$state/found-services" ] || return 0
  active=$(systemctl show --property=Id,ActiveState strongswan-starter.service strongswan.service babeld.service |
    awk -F= '$1 == "Id" { id = $2 } $0 == "ActiveState=active" { print id }')
  case $active in
    *strongswan-starter.service*) problem "strongswan-starter.service (ipsec.conf) is active here" "move its connections to swanctl.conf elsewhere, or take the node out of the registry" ;;
  esac
  case $active in
    *strongswan.service*)
      foreign=$(swanctl --list-conns --raw 2>/dev/null | sed 's/^list-conn event {\([^ ]*\) .*/\1/' | paste -sd ' ' -)
      [ -z "$foreign" ] || problem "strongSwan serves connections of its own here: $foreign" \
        "fullmesh would move its UDP ports: take these connections away, or the node out of the registry" ;;
  esac
  case $active in
    *babeld.service*) problem "a babeld of its own runs here (babeld.service)" "stop and disable it: two of them cannot share a host" ;;
  esac
}

# The strongSwan that is here, else the one that apt would install: the release's own, where there are no package lists yet.
find_strongswan() {
  found=$(dpkg-query -W -f '${db:Status-Status} ${Version}' strongswan-swanctl 2>/dev/null | sed -n 's/^installed //p')
  if [ -n "$found" ]; then strongswan="this host has $found"; return; fi
  found=$(apt-cache policy strongswan-swanctl 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  [ -n "$found" ] || found=$release_strongswan
  strongswan="apt would install ${found:-none}"
}

check_strongswan() {
  [ $# -gt 0 ] || return 0
  find_strongswan
  for need in "$@"; do
    dpkg --compare-versions "$found" ge "${need#*=}" && continue
    case $need in
      ppk=*) fix="pulumi config set fullmesh:ppk none" ;;
      *) fix="choose another fullmesh:cipherProfile, or other proposals where you wrote your own" ;;
    esac
    problem "${need%%=*} needs strongSwan ${need#*=}, and $strongswan" "$fix, or give the host a newer strongSwan"
  done
}

# For packages, where some are missing, and for what changes.
check_space() {
  # shellcheck disable=SC2086 # words on purpose
  find_missing $node_packages
  if [ -n "$missing" ]; then needed=100 needed_inodes=2000; else needed=16 needed_inodes=400; fi
  free=$(($(df -k --output=avail /var | tail -n 1) / 1024))
  [ "$free" -ge "$needed" ] || problem "only ${free} MB are free on the file system of /var, and $needed are needed" "make room"
  check_inodes
}

# A disk that fails is read-only from then on, and so are the files of some images. Who is root may write to all else.
check_writable() {
  for folder in /etc/systemd/ /usr/local/lib/ /var/lib/; do
    [ ! -d "$folder" ] || [ -w "$folder" ] ||
      problem "the file system of ${folder%/} is read-only" "mount it for writing (findmnt -T ${folder%/}); dmesg says whether the disk has failed"
  done
}

# Some file systems have as many as they need, and say that they have none.
check_inodes() {
  read -r total free <<END
$(df --output=itotal,iavail /var 2>/dev/null | tail -n 1)
END
  case $total$free in "" | *[!0-9]*) return ;; esac
  [ "$total" = 0 ] || [ "$free" -ge "$needed_inodes" ] ||
    problem "only $free inodes are free on the file system of /var, and $needed_inodes are needed" "delete files that are many and small: du --inodes -x -d 3 /var | sort -n | tail"
}

# Peers ask each link whether it carries a packet whole.
check_echo() {
  [ "$(cat /proc/sys/net/ipv6/icmp/echo_ignore_all 2>/dev/null)" != 1 ] ||
    problem "this host answers no ping over IPv6, and its peers could not tell what the path of a link carries" \
      "sysctl net.ipv6.icmp.echo_ignore_all=0, and in /etc/sysctl.d"
}

# Of another kind it cannot be told to send a packet in one piece; where there is none, `install` brings it.
check_ping() {
  ! command -v ping >/dev/null || can_ping ||
    problem "\`ping\` is not that of iputils here, and a deploy could not tell what the path of a link carries" "apt-get install iputils-ping (it takes the place of inetutils-ping)"
}

check_switch() {
  [ ! -e "$switched_off" ] || problem "the mesh is switched off here" "npx fullmesh start $node"
}

check_clock() {
  ahead=$(($(date +%s) - $1))
  [ "$ahead" -gt "$clock_seconds" ] || [ "$ahead" -lt "-$clock_seconds" ] || return 0
  if [ "$ahead" -gt 0 ]; then differs="$ahead s ahead of"; else differs="${ahead#-} s behind"; fi
  problem "its clock is $differs that of the machine you deploy from" "set the one that is wrong: timedatectl set-ntp true, or see what keeps it from the time servers"
}

# Else a change of the mesh may cut off the one who makes it.
check_ssh_path() {
  [ -e "$config/links.conf" ] || return 0
  # shellcheck disable=SC2086 # words on purpose
  set -- $1
  via=$(ip -o route get "$1" from "$3" 2>/dev/null | sed -n 's/.* dev \([^ ]*\) .*/\1/p')
  awk -v via="$via" '$2 == via { found = 1 } END { exit !found }' "$config/links.conf" || return 0
  problem "you are logged in from $1 by way of the overlay ($via), which the deploy is about to change" \
    "let ssh.host be an address outside the overlay, and deploy from a machine that reaches it there"
}

# Lines `WHAT NETWORK WORDS...` of what this host has without the mesh: its addresses, its routes but the default ones, its resolvers, and who is logged in.
own_networks() {
  ip -o address show | awk '$2 !~ /^fm|^fullmesh|^lo$/ { sub(/\/.*/, "", $4); print "address", $4, $2 }'
  for family in -4 -6; do
    ip "$family" -o route show table main | awk '
      $1 ~ /^[0-9a-f]/ && $1 !~ /^fe80:/ && !/ proto (babel|77|78)( |$)/ && !/ dev (fm|fullmesh)/ { network = $1; sub(/^[^ ]* /, ""); sub(/ *(proto|linkdown|src|metric).*/, ""); print "route", network, $0 }'
  done
  cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null | awk '$1 == "nameserver" && !seen[$2]++ { print "resolver", $2 }'
  echo "login ${1%% *}"
}

# Lines `WHAT NETWORK OWNER WORDS...` of those that lie in one of the networks $1; OWNER is - for the overlay.
overlaps() {
  awk -v networks="$1" '
    BEGIN {
      for (i = 0; i < 16; i++) binary[substr("0123456789abcdef", i + 1, 1)] = (int(i / 8) % 2) (int(i / 4) % 2) (int(i / 2) % 2) (i % 2)
      count = split(networks, network, ",")
      for (i = 1; i <= count; i++) {
        n = split(network[i], part, "@")
        owner[i] = n > 1 ? part[2] : "-"
        written[i] = part[1]
        within[i] = bits(part[1])
      }
    }
    # The bits of an address, as many as its prefix is long, after a 4 or a 6.
    function bits(text, word, left, right, i, n, all, groups, length_, hex) {
      split(text, word, "/")
      length_ = text ~ /\// ? word[2] : 128
      if (word[1] !~ /:/) {
        n = split(word[1], left, ".")
        for (i = 1; i <= n; i++) { hex = sprintf("%02x", left[i]); all = all binary[substr(hex, 1, 1)] binary[substr(hex, 2, 1)] }
        return "4" substr(all, 1, length_)
      }
      n = split(word[1], groups, "::")
      left_count = split(groups[1], left, ":")
      right_count = n > 1 ? split(groups[2], right, ":") : 0
      for (i = 1; i <= 8; i++) {
        hex = i <= left_count ? left[i] : (i > 8 - right_count ? right[i - 8 + right_count] : "0")
        hex = substr("000" hex, length(hex))
        for (n = 1; n <= 4; n++) all = all binary[substr(hex, n, 1)]
      }
      return "6" substr(all, 1, length_)
    }
    {
      is = bits($2)
      for (i = 1; i <= count; i++) if (index(is, within[i]) == 1) { $2 = $2 " " written[i] " " owner[i]; print; next }
    }
  '
}

# With the mesh here, what is for those networks goes by a link or nowhere.
check_networks() {
  found=$(own_networks "$2" | overlaps "$1")
  [ -n "$found" ] || return 0
  while read -r what network within owner words; do
    case $what in
      address) has="has the address $network ($words)" ;;
      route) has="has a route to $network ($words)" ;;
      resolver) has="asks the resolver $network" ;;
      login) has="is logged in to from $network" ;;
    esac
    if [ "$owner" = - ]; then
      problem "this host $has, which lies in the overlay $within: the mesh would cut it off" "choose another overlay, or set the node's isolation to netns"
    else
      problem "this host $has, which lies in $within, a network that $owner announces: the mesh would cut it off" \
        "let $owner announce smaller networks that leave it out, or set this node's isolation to netns"
    fi
  done <<END
$found
END
}

main() {
  node=$1 port=$2 isolation=$3 now=$4 ssh_connection=$5 networks=$6
  shift 6
  cat >/dev/null
  check_programs
  check_systemd
  # What looks at the rest needs these.
  [ "$problems" = 0 ] || return 1
  read_release
  check_distribution
  check_switch
  check_clock "$now"
  check_ssh_path "$ssh_connection"
  if [ "$isolation" = none ]; then
    check_names
    check_networks "$networks" "$ssh_connection"
  fi
  check_ipv6
  check_kernel
  check_port
  check_neighbours
  check_strongswan "$@"
  check_ping
  if [ "$isolation" = none ]; then check_echo; fi
  check_space
  check_writable
  if [ "$isolation" = vrf ]; then check_vrf; fi
  filters=$(timeout 10 sh -c "$print_filters" </dev/null) || filters=""
  [ -z "$filters" ] || printf '%s\n' "$filters"
  [ "$problems" = 0 ]
}

main "$@"
