#!/bin/bash
# A second container of the same unit is an error, and does the first one no harm, not even its delete.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
payload sleep 1000
start_container
ocirt create --bundle "$BUNDLE" "$ID-two"
expect_error_contains "the unit $UNIT exists already"
expect_error_contains "stop $UNIT"
ocirt delete --force "$ID-two"
expect_status 0
ocirt exec "$ID" true
expect_status 0
ocirt delete --force "$ID"
expect_no_unit
# Free again at once, a hundred milliseconds or none after.
for _ in 1 2 3 4 5; do
  start_container
  ocirt delete --force "$ID"
  expect_status 0
done
expect_no_unit
