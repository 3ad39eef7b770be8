#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
for option in -t --tty; do
  STATUS=0
  STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --size 12x34 --type 'typed\n' --after ready "$OCIRT" --root "$STATE_ROOT" \
    exec "$option" "$ID" sh -c 'tty; echo ready; read line; probe window; echo "<$line>"; exit 4') || STATUS=$?
  expect_status 4
  expect_stdout_contains "<typed>"
  expect_stdout_contains 12x34
done
