#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.process.cwd = "/etc/passwd"'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_matches "/etc/passwd.*not a directory"
expect_no_leftovers
