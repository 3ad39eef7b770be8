#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
for process in 1 self; do
  ocirt exec "$ID" grep ^Cap "/proc/$process/status"
  expect_status 0
  expect_equal "$(awk '{ print $2 }' <<<"$STDOUT" | xargs)" \
    "0000000000000000 0000000020000420 0000000020000420 0000000020000420 0000000000000000" "sets of $process"
done
