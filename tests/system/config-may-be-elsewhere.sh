#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc has no --config"
new_bundle
payload echo elsewhere
mv "$CONFIG" "$WORK/other.json"
run_container --config "$WORK/other.json"
expect_status 0
expect_stdout elsewhere
