#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'test -t 0 && test -t 1 && test -t 2 && echo ready; read line; echo "<$line>"; exit 3'
config '.process.terminal = true'
STATUS=0
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --type 'typed\n' --after ready \
  "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID") || STATUS=$?
expect_status 3
expect_stdout_contains "<typed>"
expect_no_leftovers
