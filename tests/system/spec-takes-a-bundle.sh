#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for option in "--bundle $BUNDLE" "-b $BUNDLE"; do
  rm -f "$CONFIG"
  # shellcheck disable=SC2086  # words
  ocirt spec $option
  expect_status 0
  jq -e .ociVersion "$CONFIG" >/dev/null || fail "no config.json"
done
