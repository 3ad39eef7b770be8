#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'test -c /dev/console && echo written >/dev/console; grep -c " /dev/console " /proc/self/mountinfo'
config '.process.terminal = true'
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" | tr -d '\r')
expect_stdout $'written\n1'
