#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
children=()
for number in {1..12}; do
  OCIRT_TEST_MARK="$WORK" "$OCIRT" --root "$STATE_ROOT" run --detach --bundle "$BUNDLE" "$ID-$number" &>"$WORK/log.$number" &
  children+=($!)
done
for child in "${children[@]}"; do wait "$child" || fail "a run failed: $(cat "$WORK"/log.*)"; done
ocirt list -q
expect_equal "$(wc -l <<<"$STDOUT")" 12 "containers"
for number in {1..12}; do
  ocirt delete --force "$ID-$number"
  expect_status 0
done
expect_no_leftovers
