#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
for signal in 9 15; do
  ocirt exec "$ID" sh -c "kill -$signal \$\$"
  expect_status $((128 + signal))
done
