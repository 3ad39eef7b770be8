#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload /etc
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_matches 'exec: "/etc":.*(permission denied|is a directory)'
expect_no_leftovers
