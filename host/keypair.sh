#!/bin/sh
# keypair NODE NUMBER: makes the node's key of that number, where it is not there yet, and prints its public half in PEM. The private half is in no other place
# than this node. This text is complete: the deployer puts the prelude and `packages` before it.
# shellcheck shell=sh source=host/packages.sh disable=SC2154

main() {
  node=$1 number=$2
  cat >/dev/null
  hold_lock
  file=$private_key-$number.pem
  if [ -e "$file" ] && ! was_born "$number"; then
    fail "its key $number came from the deployer's state, and one that is born here needs another number: fullmesh rotate $node --revoke"
  fi
  remember_what_was_found
  install_packages openssl
  if [ ! -e "$file" ]; then
    [ -d "${file%/*}" ] || install -d -m 0700 "${file%/*}"
    was_born "$number" || echo "$number" >>"$born_keys"
    # For `key` to have charon read it.
    : >"$state/todo-key"
    openssl genpkey -algorithm ed25519 -out "$file$half_written"
    sync "$file$half_written" "$born_keys"
    mv "$file$half_written" "$file"
    sync "${file%/*}"
  fi
  openssl pkey -in "$file" -pubout
}

main "$@"
