#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 has no --pidfd-socket"
new_bundle
payload sleep 1000
spawn python3 "$TESTS/helpers/pidfd_receiver.py" "$WORK/pidfd.sock" "$WORK/got"
wait_until test -S "$WORK/pidfd.sock"
create_container --pidfd-socket "$WORK/pidfd.sock"
wait_until test -e "$WORK/got"
expect_equal "$(cat "$WORK/got")" "$(container_pid) 1 True" "pid of the pidfd, descriptors, payload"
