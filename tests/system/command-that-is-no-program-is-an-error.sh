#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
echo "just text" >"$ROOTFS/bin/text"
chmod 755 "$ROOTFS/bin/text"
payload text
run_container
expect_failure
expect_error_contains "exec format error"
expect_no_leftovers
