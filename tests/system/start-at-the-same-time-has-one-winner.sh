#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 hangs"
new_bundle
payload sh -c 'echo started >>/count; sleep 1000'
create_container
children=()
for _ in {1..6}; do
  timeout 20 "$OCIRT" --root "$STATE_ROOT" start "$ID" &>/dev/null &
  children+=($!)
done
winners=0
for child in "${children[@]}"; do
  if wait "$child"; then winners=$((winners + 1)); fi
done
expect_equal "$winners" 1 "starts that succeeded"
wait_until test -s "$ROOTFS/count"
expect_equal "$(wc -l <"$ROOTFS/count")" 1 "times that the payload started"
