#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
for round in 1 2 3; do
  children=()
  for _ in {1..6}; do
    OCIRT_TEST_MARK="$WORK" "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" &>/dev/null &
    children+=($!)
  done
  winners=0
  for child in "${children[@]}"; do
    if wait "$child"; then winners=$((winners + 1)); fi
  done
  expect_equal "$winners" 1 "creates that succeeded"
  has_status "$ID" created || fail "status is not created"
  ocirt delete --force "$ID"
  expect_status 0
  expect_no_leftovers
done
