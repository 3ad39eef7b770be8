#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload /etc/passwd
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_matches 'exec: "/etc/passwd":.*permission denied'
expect_no_leftovers
