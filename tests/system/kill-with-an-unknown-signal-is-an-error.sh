#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
for signal in FOO SIGFOO -1 65 1000 9x; do
  ocirt kill "$ID" "$signal"
  expect_failure
  has_status "$ID" running || fail "signal '$signal' ended the container"
done
