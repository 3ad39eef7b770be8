#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload echo hello
GLOBALS=(--log "$WORK/log" --debug)
run_container
expect_status 0
expect_stdout hello
[ -s "$WORK/log" ] || fail "no debug lines"
