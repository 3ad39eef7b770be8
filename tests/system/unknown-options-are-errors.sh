#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
ocirt run --nonesuch --bundle "$BUNDLE" "$ID"
expect_error_contains nonesuch
ocirt list -Z
expect_failure
STATUS=0
STDERR=$("$OCIRT" --nonesuch list 2>&1 >/dev/null) || STATUS=$?
expect_error_contains nonesuch
expect_no_leftovers
