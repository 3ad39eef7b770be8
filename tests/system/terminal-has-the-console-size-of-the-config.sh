#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload probe window
config '.process.terminal = true | .process.consoleSize = {height: 11, width: 22}'
spawn python3 "$TESTS/helpers/console.py" "$WORK/console.sock" "$WORK/console"
wait_until test -S "$WORK/console.sock"
start_container --console-socket "$WORK/console.sock"
wait_until test -e "$WORK/console.ended"
grep -q 11x22 "$WORK/console.ended" || fail "size: $(cat "$WORK/console.ended")"
