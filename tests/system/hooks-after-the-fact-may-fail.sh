#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# "the remaining hooks and lifecycle continue as if the hook had succeeded"
need_root
ocirt_only "runc 1.1 stops at the first"
new_bundle
config '.hooks = {poststop: [{path: "/bin/sh", args: ["sh", "-c", "exit 3"]}, {path: "/bin/sh", args: ["sh", "-c", "touch \($f)"]}]}' --arg f "$WORK/second"
start_container
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
[ -e "$WORK/second" ] || fail "the second hook did not run"
expect_no_leftovers
