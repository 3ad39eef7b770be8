#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
for option in --force -f; do
  start_container
  ocirt delete "$option" "$ID"
  expect_status 0
  expect_silence
  expect_no_leftovers
done
