#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
ocirt pause "$ID"
ocirt exec "$ID" true
expect_error_contains "paused"
spawn "$OCIRT" --root "$STATE_ROOT" exec --ignore-paused "$ID" touch /ran
ocirt resume "$ID"
expect_status 0
wait_until test -e "$ROOTFS/ran"
