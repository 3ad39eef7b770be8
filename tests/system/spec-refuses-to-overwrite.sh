#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
before=$(sha256sum "$CONFIG")
ocirt spec --bundle "$BUNDLE"
expect_error_matches "exist|already"
expect_equal "$(sha256sum "$CONFIG")" "$before" "config.json"
