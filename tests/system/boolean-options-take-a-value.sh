#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Slurm passes --rootless=true; crun's exec takes --tty=false.
new_bundle
payload sleep 1000
start_container
ocirt exec --tty=false --detach=false "$ID" echo hello
expect_stdout hello
for value in true false auto; do
  "$OCIRT" --root "$STATE_ROOT" --rootless=$value state "$ID" >/dev/null || fail "--rootless=$value is refused"
  "$OCIRT" --root "$STATE_ROOT" --rootless $value state "$ID" >/dev/null || fail "--rootless $value is refused"
done
ocirt delete --force=true "$ID"
expect_status 0
