#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
become_user single
rm "$CONFIG"
cd /
ocirt spec --rootless --bundle "$BUNDLE"
expect_status 0
RUN_AS_SAVED=("${RUN_AS[@]}")
config '.process.terminal = false | .process.args = ["sh", "-c", "id -u; echo ok"]'
[ "$(id -u)" != 0 ] || chown "$TEST_UID" "$CONFIG"
run_container
expect_status 0
expect_stdout $'0\nok'
