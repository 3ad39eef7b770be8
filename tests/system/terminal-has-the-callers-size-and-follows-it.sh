#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'trap "probe window; exit" WINCH; probe window; while :; do sleep 0.05; done'
config '.process.terminal = true'
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --size 33x77 --resize 44x88 --after 33x77 \
  "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID")
expect_stdout_contains 33x77
expect_stdout_contains 44x88
