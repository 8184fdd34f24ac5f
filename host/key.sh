#!/bin/sh
# key NODE: the node's secrets on stdin into files that only root can read: the line `babel-mac HEX`, a line `ppk ID HEX` for each post-quantum
# preshared key, and for each private key a line `private-key NUMBER` and the key in PEM, or `own-key NUMBER` for one that `keypair` has made here. Nothing of
# them is ever printed.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# Into $wanted the preshared keys, as swanctl takes them; nothing where there are none.
read_ppks() {
  wanted=$(
    awk '
      $1 == "ppk" {
        if (!count++) print "# Managed by fullmesh: changes made here are overwritten by the next `pulumi up`.\nsecrets {"
        printf "  ppk-%s {\n    id = %s\n    secret = 0x%s\n  }\n", $2, $2, $3
      }
      END { if (count) print "}" }
    ' <<END
$secrets
END
  )
}

# A key that is gone from the file goes from charon too, and what is up stays up: a preshared key is for the making of a link.
place_ppks() {
  read_ppks
  [ "$wanted" != "$(cat "$ppk_secrets" 2>/dev/null)" ] || return 0
  ppks_changed=true
  : >"$state/todo-ppk"
  if [ -z "$wanted" ]; then
    rm -f "$ppk_secrets"
    return
  fi
  printf '%s\n' "$wanted" >"$ppk_secrets$half_written"
  mv "$ppk_secrets$half_written" "$ppk_secrets"
}

# Into $keys the kinds and numbers of the keys, as words `private-key:NUMBER` and `own-key:NUMBER`, each with a space after it.
read_keys() {
  keys=$(
    awk '/^(private|own)-key [1-9][0-9]*$/ { printf "%s:%s ", $1, $2 }' <<END
$secrets
END
  )
  [ -n "$keys" ] || fail "there is no line \`private-key\` or \`own-key\` and number on stdin"
}

# find_key NUMBER: into $key the private key of that number.
find_key() {
  key=${secrets#*"
private-key $1
"}
  key=${key%%"
private-key "*}
  key=${key%%"
own-key "*}
}

check_keys() {
  for each in $keys; do
    number=${each#*:}
    case $each in
      own-key:*)
        [ -e "$private_key-$number.pem" ] ||
          fail "its key $number, which was made here, is not here any more, and it is in no other place: fullmesh rotate $node --revoke, then \`pulumi up\`"
        ;;
      *)
        find_key "$number"
        case $key in
          "-----BEGIN PRIVATE KEY-----"*"-----END PRIVATE KEY-----") ;;
          *) fail "what follows \`private-key $number\` on stdin is no private key in PKCS#8 PEM" ;;
        esac
        ;;
    esac
  done
}

# same_as FILE TEXT: whether the file has these lines and nothing else.
same_as() {
  cmp -s - "$1" <<END
$2
END
}

# Noted before it is written: a run that is killed in between is completed by the next.
place_keys() {
  for each in $keys; do
    case $each in own-key:*) continue ;; esac
    file=$private_key-${each#*:}.pem
    find_key "${each#*:}"
    ! same_as "$file" "$key" || continue
    key_changed=true
    : >"$state/todo-key"
    printf '%s\n' "$key" >"$file$half_written"
    mv "$file$half_written" "$file"
  done
  for file in "$private_key"*.pem; do
    number=${file#"$private_key"-}
    case $keys in *":${number%.pem} "*) continue ;; esac
    key_changed=true
    : >"$state/todo-key"
    rm -f "$file"
  done
}

place_mac() {
  babel_line="key id mesh type hmac-sha256 value $mac"
  ! same_as "$babel_key" "$babel_line" || return 0
  mac_changed=true
  : >"$state/todo-babel-key"
  printf '%s\n' "$babel_line" >"$babel_key$half_written"
  mv "$babel_key$half_written" "$babel_key"
}

# What the daemons are still to be told, by this run or since one that was killed.
tell_daemons() {
  if [ -e "$state/todo-key" ] && charon_runs; then
    swanctl --load-creds --clear --noprompt >/dev/null || fail "charon did not take the new private keys: see journalctl -u strongswan"
    # With those that went, charon has forgotten the peers' public keys, which came with the connections. What runs goes on.
    swanctl --load-conns >/dev/null 2>&1 || fail "charon did not take its connections again: see journalctl -u strongswan"
  elif [ -e "$state/todo-ppk" ] && charon_runs; then
    swanctl --load-creds --noprompt >/dev/null || fail "charon did not take the new preshared keys: see journalctl -u strongswan"
  fi
  if [ -e "$state/todo-babel-key" ] && systemctl is-active --quiet fullmesh-babeld.service; then
    # The running babeld takes it in place of the one of that name (seen with 1.12.1), and forgets no neighbour.
    "$scripts/babel" say <"$babel_key" >/dev/null 2>&1 || systemctl restart fullmesh-babeld.service ||
      fail "babeld did not start with the new MAC key: see journalctl -u fullmesh-babeld"
  fi
  for todo in "$state"/todo-*; do [ ! -e "$todo" ] || rm -f "$todo"; done
}

# Only root may read them, whoever has said otherwise.
guard_secrets() {
  set --
  for file in "$private_key"*.pem "$babel_key" "$ppk_secrets"; do
    [ ! -e "$file" ] || set -- "$@" "$file"
  done
  printf '0600 %s\n' "$@" >"$run/access"
  fingerprints "$@" >"$state/secrets.new"
  mend_access "$run/access" "$state/secrets.new"
  [ "$mended" = 0 ] || fingerprints "$@" >"$state/secrets.new"
  remember secrets "$state/secrets.new"
}

# Into $mac what the first line on stdin has.
read_mac() {
  first=${secrets%%"
"*}
  mac=${first#babel-mac }
  case $mac in *[!0-9a-f]*) mac="" ;; esac
  if [ "$first" != "babel-mac $mac" ] || [ "${#mac}" != 64 ]; then
    fail "the first line on stdin is not \`babel-mac\` and 64 hexadecimal digits"
  fi
}

main() {
  node=$1
  secrets=$(cat)
  hold_lock
  read_mac
  read_keys
  check_keys

  [ -d "$config" ] || install -d -m 0755 "$config"
  key_changed=false mac_changed=false ppks_changed=false
  place_keys
  place_mac
  place_ppks
  tell_daemons
  guard_secrets
  printf '{"node":"%s","keyChanged":%s,"babelMacChanged":%s,"ppksChanged":%s}\n' "$node" "$key_changed" "$mac_changed" "$ppks_changed"
}

main "$@"
