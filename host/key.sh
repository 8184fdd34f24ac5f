#!/bin/sh
# key NODE: the node's secrets on stdin into files that only root can read: the line `babel-mac HEX`, a line `ppk ID HEX` for each post-quantum
# preshared key, and for each private key a line `private-key NUMBER` and the key in PEM, or `own-key NUMBER` for one that `keypair` has made here. Nothing of
# them is ever printed.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

# The preshared keys, as swanctl takes them; nothing where there are none.
ppk_config() {
  printf '%s\n' "$secrets" | awk '
    $1 == "ppk" {
      if (!count++) print "# Managed by fullmesh: changes made here are overwritten by the next `pulumi up`.\nsecrets {"
      printf "  ppk-%s {\n    id = %s\n    secret = 0x%s\n  }\n", $2, $2, $3
    }
    END { if (count) print "}" }
  '
}

# A key that is gone from the file goes from charon too, and what is up stays up: a preshared key is for the making of a link.
place_ppks() {
  wanted=$(ppk_config)
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

# key_numbers WORD: the numbers of the keys whose lines begin with the word.
key_numbers() {
  printf '%s\n' "$secrets" | sed -nE "s/^($1) ([1-9][0-9]*)\$/\2/p"
}

# key_of NUMBER
key_of() {
  printf '%s\n' "$secrets" | awk -v number="$1" '/^(private|own)-key / { is = $1 == "private-key" && $2 == number; next } is'
}

check_keys() {
  [ -n "$(key_numbers 'private-key|own-key')" ] || fail "there is no line \`private-key\` or \`own-key\` and number on stdin"
  for number in $(key_numbers own-key); do
    [ -e "$private_key-$number.pem" ] ||
      fail "its key $number, which was made here, is not here any more, and it is in no other place: fullmesh rotate $node --revoke, then \`pulumi up\`"
  done
  for number in $(key_numbers private-key); do
    case $(key_of "$number") in
      "-----BEGIN PRIVATE KEY-----"*"-----END PRIVATE KEY-----") ;;
      *) fail "what follows \`private-key $number\` on stdin is no private key in PKCS#8 PEM" ;;
    esac
  done
}

# Noted before it is written: a run that is killed in between is completed by the next.
place_keys() {
  for number in $(key_numbers private-key); do
    file=$private_key-$number.pem
    ! key_of "$number" | cmp -s - "$file" || continue
    key_changed=true
    : >"$state/todo-key"
    key_of "$number" >"$file$half_written"
    mv "$file$half_written" "$file"
  done
  for file in "$private_key"*.pem; do
    number=${file#"$private_key"-}
    ! key_numbers 'private-key|own-key' | grep -qxF "${number%.pem}" || continue
    key_changed=true
    : >"$state/todo-key"
    rm -f "$file"
  done
}

secret_files() {
  for file in "$private_key"*.pem "$babel_key" "$ppk_secrets"; do [ ! -e "$file" ] || echo "$file"; done
}

main() {
  node=$1
  secrets=$(cat)
  hold_lock
  mac=$(printf '%s\n' "$secrets" | sed -n '1s/^babel-mac \([0-9a-f]\{64\}\)$/\1/p')
  [ -n "$mac" ] || fail "the first line on stdin is not \`babel-mac\` and 64 hexadecimal digits"
  check_keys

  [ -d "$config" ] || install -d -m 0755 "$config"
  key_changed=false mac_changed=false ppks_changed=false
  place_keys
  babel_line="key id mesh type hmac-sha256 value $mac"
  if ! printf '%s\n' "$babel_line" | cmp -s - "$babel_key"; then
    mac_changed=true
    : >"$state/todo-babel-key"
    printf '%s\n' "$babel_line" >"$babel_key$half_written"
    mv "$babel_key$half_written" "$babel_key"
  fi
  place_ppks
  if [ -e "$state/todo-key" ] && charon_runs; then
    swanctl --load-creds --clear --noprompt >/dev/null || fail "charon did not take the new private keys: see journalctl -u strongswan"
  elif [ -e "$state/todo-ppk" ] && charon_runs; then
    swanctl --load-creds --noprompt >/dev/null || fail "charon did not take the new preshared keys: see journalctl -u strongswan"
  fi
  if [ -e "$state/todo-babel-key" ] && systemctl is-active --quiet fullmesh-babeld.service; then
    systemctl restart fullmesh-babeld.service || fail "babeld did not start with the new MAC key: see journalctl -u fullmesh-babeld"
  fi
  rm -f "$state/todo-key" "$state/todo-babel-key" "$state/todo-ppk"
  # Only root may read them, whoever has said otherwise.
  secret_files | sed 's/^/0600 /' | mend_access "$run/mended"
  rm "$run/mended"
  secret_files | remember secrets
  printf '{"node":"%s","keyChanged":%s,"babelMacChanged":%s,"ppksChanged":%s}\n' "$node" "$key_changed" "$mac_changed" "$ppks_changed"
}

main "$@"
