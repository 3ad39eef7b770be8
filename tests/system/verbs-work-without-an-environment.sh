#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
run() { env -i "$OCIRT" --root "$STATE_ROOT" "$@" >"$WORK/out" 2>&1 || fail "$* fails: $(cat "$WORK/out")"; }
run create --bundle "$BUNDLE" "$ID"
run start "$ID"
run state "$ID"
run exec "$ID" true
run kill "$ID" KILL
wait_for_status stopped
run delete "$ID"
expect_no_leftovers
