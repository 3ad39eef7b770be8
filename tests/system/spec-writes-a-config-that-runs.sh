#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
rm "$CONFIG"
cd "$BUNDLE"
ocirt spec
expect_status 0
expect_silence
jq -e '.process.capabilities.inheritable // [] | length == 0' config.json >/dev/null || fail "inheritable capabilities"
config '.process.terminal = false | .process.args = ["echo", "hello"]'
run_container
expect_status 0
expect_stdout hello
