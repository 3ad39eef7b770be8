#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 has no --pidfd-socket"
new_bundle
payload sleep 1000
start_container
spawn python3 "$TESTS/helpers/pidfd_receiver.py" "$WORK/pidfd.sock" "$WORK/got"
wait_until test -S "$WORK/pidfd.sock"
ocirt exec --detach --pidfd-socket "$WORK/pidfd.sock" --pid-file "$WORK/pid" "$ID" sleep 1000
expect_status 0
wait_until test -e "$WORK/got"
expect_equal "$(cat "$WORK/got")" "$(cat "$WORK/pid") 1 True" "pid of the pidfd, descriptors, payload"
