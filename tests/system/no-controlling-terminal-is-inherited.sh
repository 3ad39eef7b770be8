#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# A payload without a terminal of its own must not reach the caller's.
new_bundle
payload sh -c 'exec 3<>/dev/tty && echo reached'
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" 2>&1) || true
expect_stdout_lacks reached
