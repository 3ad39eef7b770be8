#!/bin/bash
source "$(dirname "$0")/../lib.sh"

for name in one two three; do
  new_bundle "$name"
  payload sleep 1000
  create_container
done
for option in --quiet -q; do
  ocirt list "$option"
  expect_status 0
  expect_equal "$(sort <<<"$STDOUT")" "$(printf '%s\n' "$TAG"-{one,three,two})" "ids"
done
