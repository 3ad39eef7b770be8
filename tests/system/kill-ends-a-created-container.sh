#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
for signal in KILL TERM; do
  create_container
  ocirt kill "$ID" "$signal"
  expect_status 0
  wait_for_status stopped
  ocirt delete "$ID"
  expect_status 0
done
expect_no_leftovers
