#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The runtime's own files must not come to lie at 0, 1 or 2.
new_bundle
payload sh -c 'echo hello; echo problem >&2'
STATUS=0
STDOUT=$("$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" <&- 2>/dev/null) || STATUS=$?
expect_status 0
expect_stdout hello
payload sh -c 'echo hello >/seen'
"$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" <&- >&- 2>&- || fail "run fails with all three closed"
expect_equal "$(cat "$ROOTFS/seen")" hello "what the payload wrote"
expect_no_leftovers
