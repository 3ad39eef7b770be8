#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for call in "create" "start" "state" "delete" "pause" "resume" "kill" "exec" "ps" "run" \
  "start a b" "state a b" "delete a b" "create --bundle $BUNDLE a b" "kill a KILL c"; do
  # shellcheck disable=SC2086  # words
  ocirt $call
  expect_failure
  [ -n "$STDERR" ] || fail "$call: no message"
done
expect_no_leftovers
