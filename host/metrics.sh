#!/bin/sh
# metrics write|remove: this node's own view of the mesh in Prometheus' text exposition format, for the textfile collector of node_exporter. Names and meaning are those
# of core/metrics, whose state of a link this comes to by the same rules as core/observe/halfHealth.ts, but that it does not ask charon which connections it has loaded.
#   write   asks charon, babeld and the kernel, each once, and writes the file. What does not answer in time has no series, but that each planned link has its state
#   remove  takes the file away, and folders that `write` had to make
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude
# shellcheck source=host/associations.sh
. /usr/local/lib/fullmesh/associations

table=$config/metrics.conf
# Where node_exporter of Debian and Ubuntu looks by default.
folder=/var/lib/prometheus/node-exporter
file=$folder/fullmesh.prom
# node_exporter reads nothing that does not end in .prom.
beside=$folder/.fullmesh.prom.new
made_folders=$state/metrics-folders
success=$run/metrics-success

make_folders() {
  for each in "${folder%/*}" "$folder"; do
    [ ! -d "$each" ] || continue
    # Not `install -d`, which gives its mode to whatever a link of that name leads to.
    (umask 022 && mkdir "$each")
    echo "$each" >>"$made_folders"
  done
}

# answer FILE COMMAND...: what a command says into a file of $work, which is not there where the command fails.
answer() {
  into=$work/$1
  shift
  timeout "$daemon_seconds" "$@" >"$into" 2>/dev/null </dev/null || rm -f "$into"
}

ask() {
  read_place "$config/links.conf"
  answer sas swanctl --list-sas --raw
  echo dump >"$work/dump"
  timeout "$daemon_seconds" "$scripts/babel" say <"$work/dump" >"$work/babel" 2>/dev/null || rm -f "$work/babel"
  answer links ip ${netns:+-n "$netns"} -o -d -s link show type xfrm
  answer routes4 ip ${netns:+-n "$netns"} route show proto babel
  answer routes6 ip ${netns:+-n "$netns"} -6 route show proto babel
  answer services systemctl show --property=Id,ActiveState,NRestarts \
    strongswan.service fullmesh-babeld.service fullmesh-links.service fullmesh-firewall.service
  answer drift "$scripts/drift" files
  if [ -e "$state/good" ]; then { stat -c %Y "$state/good"; sha256sum "$state/good"; } >"$work/bundle"; fi
  if [ -e "$switched_off" ]; then : >"$work/off"; fi
  now=$(date +%s)
  if [ -e "$work/sas" ] && [ -e "$work/babel" ]; then echo "$now" >"$success"; fi
}

metrics() {
  awk -v work="$work" -v now="$now" -v success="$success" '
    function metric(name, type, help) { order[++metrics] = name; head[name] = "# HELP " name " " help "\n# TYPE " name " " type "\n" }
    function node_metric(name, labels, value) { body[name] = body[name] name "{node=\"" node "\"" labels "} " value "\n" }
    function link_metric(name, link, labels, value) { node_metric(name, ",peer=\"" peer[link] "\",interface=\"" link "\"" labels, value) }
    function whole(number) { return sprintf("%.0f", number) }
    # open(NAME): of the files in the folder; what is not there was not answered.
    function open(name) { path = work "/" name; answered[name] = (getline < path) >= 0; close(path); return answered[name] }
    # after(TEXT, KEY): the word after KEY in a text, or none.
    function after(text, key) { return match(text, key "[^ }]+") ? substr(text, RSTART + length(key), RLENGTH - length(key)) : "" }
    function hexadecimal(digits, i, number) {
      digits = tolower(digits); number = 0
      for (i = 1; i <= length(digits); i++) number = number * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
      return number
    }
    function stands(state) { return state == "ESTABLISHED" || state == "INSTALLED" || state == "REKEYING" }
    # The youngest that stands; failing that, the youngest of all.
    function take(sa, link, text, age_key, rank, age) {
      age = after(text, age_key)
      rank = (age == "" ? 1e15 : age) + 0
      split(text, word, " ")
      if (!stands(word[1])) rank += 1e16
      if ((sa, link) in ranks && ranks[sa, link] <= rank) return
      ranks[sa, link] = rank
      sa_state[sa, link] = word[1]; sa_age[sa, link] = age; sa_rekey[sa, link] = after(text, " rekey-time=")
      sa_if_id[sa, link] = after(text, " if-id-in=")
    }
    function read_sas(path, line, parts, part, name, i) {
      while ((getline line < path) > 0) {
        if (line !~ /^list-sa event /) continue
        parts = split(line, part, / state=/)
        split(part[1], name, /[ {=]+/)
        sub(/_.*/, "", name[3])
        if (!(name[3] in peer)) continue
        take("ike", name[3], part[2], " established=")
        for (i = 3; i <= parts; i++) take("child", name[3], part[i], " install-time=")
      }
    }
    function finite(cost) { return cost + 0 > 0 && cost + 0 < 65535 }
    function read_babel(path, line, link) {
      while ((getline line < path) > 0) {
        if (line !~ /^add neighbour /) continue
        line = line " "
        link = after(line, " if ")
        if (!(link in peer) || link in works) continue
        rxcost = after(line, " rxcost "); txcost = after(line, " txcost "); cost = after(line, " cost ")
        if (rxcost == "") rxcost = 65535
        if (txcost == "") txcost = 65535
        if (cost == "") cost = 65535
        if (finite(rxcost) && finite(txcost)) works[link]
        else if (link in reach) continue
        rx[link] = rxcost; tx[link] = txcost; costs[link] = cost
        rtt[link] = after(line, " rtt "); reach[link] = after(line, " reach ")
      }
    }
    function read_links(path, line, part, parts, word, link, i) {
      while ((getline line < path) > 0) {
        parts = split(line, part, /\\/)
        split(part[1], word, " ")
        link = word[2]; sub(/[@:].*/, "", link)
        if (!(link in peer)) continue
        there[link]; is_up[link] = word[3] ~ /[<,]UP[,>]/
        is_mtu[link] = after(line, " mtu "); is_if_id[link] = after(line, " if_id ")
        for (i = 2; i < parts; i++) if (split(part[i], word, " ") && (word[1] == "RX:" || word[1] == "TX:")) {
          what = word[1]
          split(part[i + 1], word, " ")
          bytes[what, link] = word[1]; packets[what, link] = word[2]
        }
      }
    }
    function read_routes(path, line, word) {
      while ((getline line < path) > 0) {
        split(line, word, " ")
        sub(/\/(32|128)$/, "", word[1])
        if (word[1] in route && !(word[1] in installed) && line ~ / dev /) { installed[word[1]]; routes_installed++ }
      }
    }
    function read_services(path, line, at) {
      while ((getline line < path) > 0) {
        at = index(line, "=")
        value[substr(line, 1, at - 1)] = substr(line, at + 1)
        if (line == "") tell_service()
      }
      tell_service()
    }
    function tell_service() {
      if ("Id" in value) {
        node_metric("fullmesh_service_active", ",unit=\"" value["Id"] "\"", value["ActiveState"] == "active" ? 1 : 0)
        node_metric("fullmesh_service_restarts_total", ",unit=\"" value["Id"] "\"", value["NRestarts"] + 0)
      }
      split("", value)
    }
    # As in core/observe/halfHealth.ts.
    function state_of(link, ike, child, hears, heard, right) {
      ike = sa_state["ike", link]; child = sa_state["child", link]
      hears = finite(rx[link]); heard = finite(tx[link])
      right = !is_off && answered["links"] && answered["sas"] && answered["babel"] && link in there && is_up[link] && is_mtu[link] == mtu[link]
      right = right && (is_if_id[link] == "" || hexadecimal(substr(is_if_id[link], 3)) == if_id[link])
      right = right && stands(ike) && stands(child) && (sa_if_id["child", link] == "" || hexadecimal(sa_if_id["child", link]) == if_id[link])
      if (right && hears && heard) return "up"
      return link in there && is_up[link] && stands(child) || hears || heard ? "partial" : "down"
    }
    function tell_link(link, state, i, sa, ones) {
      link_metric("fullmesh_link_info", link, ",family=\"" family[link] "\",link=\"" name_of[link] "\",role=\"" role[link] "\"", 1)
      state = state_of(link)
      link_metric("fullmesh_link_up", link, "", state == "up" ? 1 : 0)
      for (i = 1; i <= 4; i++) link_metric("fullmesh_link_state", link, ",state=\"" states[i] "\"", state == states[i] ? 1 : 0)
      if (link in reach) {
        if (rtt[link] != "") link_metric("fullmesh_link_rtt_seconds", link, "", sprintf("%.6f", rtt[link] / 1000))
        link_metric("fullmesh_link_babel_cost", link, "", costs[link])
        link_metric("fullmesh_link_babel_rxcost", link, "", rx[link])
        link_metric("fullmesh_link_babel_txcost", link, "", tx[link])
        ones = 0
        for (i = hexadecimal(reach[link]); i > 0; i = int(i / 2)) ones += i % 2
        link_metric("fullmesh_link_babel_reach_ratio", link, "", ones / 16)
      }
      if (("RX:", link) in bytes) {
        link_metric("fullmesh_link_receive_bytes_total", link, "", bytes["RX:", link])
        link_metric("fullmesh_link_transmit_bytes_total", link, "", bytes["TX:", link])
        link_metric("fullmesh_link_receive_packets_total", link, "", packets["RX:", link])
        link_metric("fullmesh_link_transmit_packets_total", link, "", packets["TX:", link])
      }
      for (i = 1; i <= 2; i++) {
        sa = i == 1 ? "ike" : "child"
        if (!stands(sa_state[sa, link])) continue
        if (sa_age[sa, link] != "") link_metric("fullmesh_sa_established_timestamp_seconds", link, ",sa=\"" sa "\"", whole(now - sa_age[sa, link]))
        if (sa_rekey[sa, link] != "") link_metric("fullmesh_sa_rekey_timestamp_seconds", link, ",sa=\"" sa "\"", whole(now + sa_rekey[sa, link]))
      }
    }
    BEGIN { split("up partial down unknown", states, " ") }
    # The last lines of this script.
    FILENAME == "-" { metric($1, $2, substr($0, length($1 $2) + 3)); next }
    $1 == "node" { node = $2; isolation = $3; organization = $4 }
    $1 == "route" { route[$2]; routes++ }
    $1 == "link" {
      planned[++links] = $2
      if_id[$2] = $3; mtu[$2] = $4; peer[$2] = $5; family[$2] = $6; role[$2] = $7
      name_of[$2] = $8 " " $9 " " $10
    }
    END {
      is_off = open("off")
      node_metric("fullmesh_node_info", ",organization=\"" organization "\",isolation=\"" isolation "\"", 1)
      if (open("services")) read_services(work "/services")
      node_metric("fullmesh_routes_expected", "", routes + 0)
      if (open("routes4") && open("routes6")) {
        read_routes(work "/routes4"); read_routes(work "/routes6")
        node_metric("fullmesh_routes_installed", "", routes_installed + 0)
      }
      if (open("bundle")) {
        getline seconds < (work "/bundle"); getline digest < (work "/bundle")
        node_metric("fullmesh_bundle_info", ",digest=\"" substr(digest, 1, 16) "\"", 1)
        node_metric("fullmesh_bundle_applied_timestamp_seconds", "", seconds)
      }
      if ((getline last < success) > 0) node_metric("fullmesh_last_success_timestamp_seconds", "", last)
      if (open("drift")) {
        while ((getline line < (work "/drift")) > 0) if (line != "end") drifted++
        node_metric("fullmesh_drift_files", "", drifted + 0)
      }
      if (open("sas")) read_sas(work "/sas")
      if (open("babel")) read_babel(work "/babel")
      if (open("links")) read_links(work "/links")
      for (each = 1; each <= links; each++) tell_link(planned[each])
      for (each = 1; each <= metrics; each++) if (order[each] in body) printf "%s%s", head[order[each]], body[order[each]]
    }
  ' - "$table" <<'END'
fullmesh_node_info gauge A node of the mesh, its organization, and where it has the overlay: none (beside its own network), netns or vrf.
fullmesh_service_active gauge Whether a systemd unit that the mesh needs is active on the node.
fullmesh_service_restarts_total counter How often systemd has restarted the unit after a failure.
fullmesh_routes_expected gauge Overlay addresses of the other managed nodes, of both families: each is to have a route.
fullmesh_routes_installed gauge Of the expected routes, those that babel has in the node's kernel.
fullmesh_bundle_info gauge What was deployed last with success: the first 16 digits of the SHA-256 of all its files.
fullmesh_bundle_applied_timestamp_seconds gauge When the node was deployed to last with success and a change of its files.
fullmesh_last_success_timestamp_seconds gauge When the node was last asked for all of this and both of its daemons answered.
fullmesh_drift_files gauge Files that are other than the last deploy left them; fullmesh drift names them.
fullmesh_link_info gauge One end of a planned link: its interface on the node, the address family of its packets, the link's name, which is the same at both ends, and whether this end initiates.
fullmesh_link_up gauge Whether this end of a planned link has its security associations, hears babel of the peer and is heard by it.
fullmesh_link_state gauge State of this end of a planned link, 1 for the one that it is in: up, partial (something stands, but traffic is lost), down, unknown (the node did not answer).
fullmesh_link_rtt_seconds gauge Round-trip time of the link as babel measures it at this end.
fullmesh_link_babel_cost gauge Cost of the link as this end's babel takes it, the penalty for its round-trip time with it; 65535 is infinite.
fullmesh_link_babel_rxcost gauge Cost of hearing the peer, by its hellos that came; 65535 is infinite: the peer is not heard.
fullmesh_link_babel_txcost gauge Cost of being heard, as the peer says it; 65535 is infinite: the peer does not hear this end.
fullmesh_link_babel_reach_ratio gauge Share of the peer's last 16 hellos that came, 0 to 1.
fullmesh_link_receive_bytes_total counter Bytes that came by the link, without what IPsec adds.
fullmesh_link_transmit_bytes_total counter Bytes that went into the link, without what IPsec adds.
fullmesh_link_receive_packets_total counter Packets that came by the link.
fullmesh_link_transmit_packets_total counter Packets that went into the link.
fullmesh_sa_established_timestamp_seconds gauge When the security association of this end was established or last rekeyed: sa is ike for the IKE_SA, child for the CHILD_SA.
fullmesh_sa_rekey_timestamp_seconds gauge When the security association of this end is to be rekeyed at the latest by its own timer; in the past where that fails.
END
}

write() {
  # Somebody has just taken the setting away.
  [ -e "$table" ] || return 0
  [ -d "$run" ] || mkdir -p "$run"
  work=$(mktemp -d "$run/metrics.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 143' TERM
  ask
  make_folders
  # The folder may belong to a user without rights: so no file of ours is opened there that was there before, and none is given another mode by its name.
  (
    umask 022
    metrics >"$work/metrics"
    cp -T --remove-destination "$work/metrics" "$beside"
  )
  mv -T "$beside" "$file"
}

# What somebody else has put there in our names is no reason to keep the node.
remove() {
  rm -rf "$file" "$beside" || :
  [ -e "$made_folders" ] || return 0
  sort -r "$made_folders" | xargs -r -d '\n' rmdir 2>/dev/null || :
  rm -f "$made_folders"
}

case ${1:-} in
  write | remove) "$1" ;;
  *) fail "usage: metrics write|remove" ;;
esac
