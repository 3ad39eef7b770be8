#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for status in 0 1 42 125 255; do
  payload sh -c "exit $status"
  run_container
  expect_status "$status"
  expect_silence
done
