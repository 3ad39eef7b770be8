#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# As a systemd unit of Type=notify: the payload's READY=1 arrives at the caller's socket.
need_root
new_bundle
payload sh -c 'echo $NOTIFY_SOCKET; probe notify READY=1 && sleep 1'
spawn python3 "$TESTS/helpers/notify_listener.py" "$WORK/notify.sock" "$WORK/heard"
wait_until grep -qx listening "$WORK/heard"
export NOTIFY_SOCKET=$WORK/notify.sock
run_container
expect_status 0
expect_stdout_contains /run/notify/notify.sock
expect_stdout_lacks "$WORK"
wait_until grep -q READY=1 "$WORK/heard"
wait_until grep -q MAINPID= "$WORK/heard"
expect_no_leftovers
