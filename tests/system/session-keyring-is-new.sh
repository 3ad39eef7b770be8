#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload probe keyring
run_container
first=$STDOUT
case $first in -*) skip "no keyrings here" ;; esac
run_container
[ "$STDOUT" != "$first" ] || fail "two containers share the keyring $first"
