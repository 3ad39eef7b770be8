#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 runs them at create"
new_bundle
payload sleep 1000
config '.hooks = {poststart: [{path: "/bin/sh", args: ["sh", "-c", "cat >\($f)"]}]}' --arg f "$WORK/state.json"
create_container
[ ! -e "$WORK/state.json" ] || fail "the hook ran at create"
ocirt start "$ID"
expect_status 0
expect_equal "$(jq -r .status "$WORK/state.json")" running "status for the hook"
