#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# `start` returns when the payload is ready, and names init as the unit's main process. The payload may be any
# user, and the caller's socket an abstract one.
need_root
new_bundle
payload sh -c 'probe notify STATUS=no && until [ -e /tmp/go ]; do sleep 0.05; done; probe notify READY=1; sleep 60'
config '.process.user = {uid: 1000, gid: 1000}'
address=@$TAG
spawn python3 "$TESTS/helpers/notify_listener.py" "$address" "$WORK/heard"
wait_until grep -qx listening "$WORK/heard"
export NOTIFY_SOCKET=$address
create_container
"$OCIRT" --root "$STATE_ROOT" start "$ID" 2>"$WORK/start.err" &
start=$!
wait_for_status running
kill -0 "$start" || fail "start did not wait: $(cat "$WORK/start.err")"
! grep -q READY=1 "$WORK/heard" || fail "ready before its word"
touch "$ROOTFS/tmp/go"
wait "$start" || fail "start failed: $(cat "$WORK/start.err")"
grep -qx READY=1 "$WORK/heard" || fail "start returned before the caller knew"
grep -qx "MAINPID=$(container_pid)" "$WORK/heard" || fail "another main process: $(cat "$WORK/heard")"
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
