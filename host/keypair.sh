#!/bin/sh
# keypair NODE NUMBER: makes the node's key of that number, where it is not there yet, and prints its public half in PEM. The private half is in no other place
# than this node; but for one that the deployer made before it was to be made here, which stays until it is rotated.
# This text is complete: the deployer puts the prelude and `packages` before it.
# shellcheck shell=sh source=host/packages.sh disable=SC2034,SC2154 # what `packages` and the prelude set and use

main() {
  node=$1 number=$2
  cat >/dev/null
  hold_lock
  file=$private_key-$number.pem
  remember_what_was_found
  install_packages openssl
  if [ ! -e "$file" ]; then
    [ -d "${file%/*}" ] || install -d -m 0700 "${file%/*}"
    # For `key` to have charon read it.
    : >"$state/todo-key"
    openssl genpkey -algorithm ed25519 -out "$file$half_written"
    sync "$file$half_written"
    mv "$file$half_written" "$file"
    sync "${file%/*}"
  fi
  openssl pkey -in "$file" -pubout
}

main "$@"
