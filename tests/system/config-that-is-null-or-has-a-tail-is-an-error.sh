#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc panics on null"
new_bundle
full=$(cat "$CONFIG")
for text in null "$full x" "$full{}" "[$full]" 5; do
  printf %s "$text" >"$CONFIG"
  run_container
  expect_status 1
  [ -n "$STDERR" ] || fail "no message for $text"
  expect_no_leftovers
done
