#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload ""
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_contains 'exec: "": executable file not found in $PATH'
expect_no_leftovers
