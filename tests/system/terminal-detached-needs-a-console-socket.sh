#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.process.terminal = true'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains "console socket"
expect_no_leftovers
run_container --detach
expect_error_contains "console socket"
expect_no_leftovers
