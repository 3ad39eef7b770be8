#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
rm "$CONFIG"
run_container
expect_error_contains config.json
expect_no_leftovers
ocirt create --bundle "$WORK/no-such-bundle" "$ID"
expect_error_contains "$WORK/no-such-bundle"
expect_no_leftovers
