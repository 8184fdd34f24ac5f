#!/bin/sh
# key NODE: the node's secrets on stdin, the line `babel-mac HEX` and the private key in PEM, into files that only root can read.
# Nothing of them is ever printed.
# shellcheck source=host/prelude.sh
. /usr/local/lib/fullmesh/prelude

main() {
  node=$1
  secrets=$(cat)
  hold_lock
  mac=$(printf '%s\n' "$secrets" | sed -n '1s/^babel-mac \([0-9a-f]\{64\}\)$/\1/p')
  [ -n "$mac" ] || fail "the first line on stdin is not \`babel-mac\` and 64 hexadecimal digits"
  pem=$(printf '%s\n' "$secrets" | sed '1d')
  case $pem in
    "-----BEGIN PRIVATE KEY-----"*"-----END PRIVATE KEY-----") ;;
    *) fail "stdin holds no private key in PKCS#8 PEM" ;;
  esac

  [ -d "$config" ] || install -d -m 0755 "$config"
  key_changed=false mac_changed=false
  # Noted before it is written: a run that is killed in between is completed by the next.
  if ! printf '%s\n' "$pem" | cmp -s - "$private_key"; then
    key_changed=true
    : >"$state/todo-key"
    printf '%s\n' "$pem" >"$private_key.fullmesh-new"
    mv "$private_key.fullmesh-new" "$private_key"
  fi
  babel_line="key id mesh type hmac-sha256 value $mac"
  if ! printf '%s\n' "$babel_line" | cmp -s - "$babel_key"; then
    mac_changed=true
    : >"$state/todo-babel-key"
    printf '%s\n' "$babel_line" >"$babel_key.fullmesh-new"
    mv "$babel_key.fullmesh-new" "$babel_key"
  fi
  if [ -e "$state/todo-key" ] && charon_runs; then
    swanctl --load-creds --clear --noprompt >/dev/null || fail "charon did not take the new private key: see journalctl -u strongswan"
  fi
  if [ -e "$state/todo-babel-key" ] && systemctl is-active --quiet fullmesh-babeld.service; then
    systemctl restart fullmesh-babeld.service || fail "babeld did not start with the new MAC key: see journalctl -u fullmesh-babeld"
  fi
  rm -f "$state/todo-key" "$state/todo-babel-key"
  printf '{"node":"%s","keyChanged":%s,"babelMacChanged":%s}\n' "$node" "$key_changed" "$mac_changed"
}

main "$@"
