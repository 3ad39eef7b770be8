#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
spawn python3 "$TESTS/helpers/console.py" "$WORK/console.sock" "$WORK/console"
wait_until test -S "$WORK/console.sock"
ocirt exec --detach --tty --console-socket "$WORK/console.sock" "$ID" sh -c 'tty; echo done'
expect_status 0
wait_until test -e "$WORK/console.ended"
grep -q done "$WORK/console.ended" || fail "no output: $(cat "$WORK/console.ended")"
jq -e '.fds == 1 and .is_pty_master' "$WORK/console.json" >/dev/null || fail "$(cat "$WORK/console.json")"
