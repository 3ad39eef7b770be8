#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec -d "$ID" sh -c 'echo later'
expect_status 0
wait_until grep -q later "$OUT_FILE"
