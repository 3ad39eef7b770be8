#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for text in '' '{' '{"ociVersion": "1.0.2",}' 'hello' '[]' '"text"' $'{"ociVersion": "\x01"}' '{"a":1'; do
  printf %s "$text" >"$CONFIG"
  run_container
  expect_status 1
  [ -n "$STDERR" ] || fail "no message for $text"
  expect_no_leftovers
done
