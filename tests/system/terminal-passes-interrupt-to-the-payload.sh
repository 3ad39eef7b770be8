#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'trap "echo interrupted; exit 9" INT; echo ready; while :; do sleep 0.05; done'
config '.process.terminal = true'
STATUS=0
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --type '\x03' --after ready \
  "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID") || STATUS=$?
expect_status 9
expect_stdout_contains interrupted
