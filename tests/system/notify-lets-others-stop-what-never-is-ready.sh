#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# While `start` waits for READY=1, a delete --force gets through and ends the wait.
need_root
new_bundle
payload sleep 60
spawn python3 "$TESTS/helpers/notify_listener.py" "$WORK/notify.sock" "$WORK/heard"
wait_until grep -qx listening "$WORK/heard"
export NOTIFY_SOCKET=$WORK/notify.sock
create_container
"$OCIRT" --root "$STATE_ROOT" start "$ID" 2>"$WORK/start.err" &
start=$!
wait_for_status running
ocirt delete --force "$ID"
expect_status 0
wait "$start" || fail "start failed: $(cat "$WORK/start.err")"
expect_no_leftovers
