#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc sets it a moment later"
new_bundle
payload sleep 1000
start_container
for _ in 1 2 3; do
  STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --size 12x34 "$OCIRT" --root "$STATE_ROOT" exec -t "$ID" probe window)
  expect_stdout_contains 12x34
done
