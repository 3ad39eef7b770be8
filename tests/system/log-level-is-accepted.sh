#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc has no --log-level"
new_bundle
for level in error warning debug; do
  GLOBALS=(--log-level "$level" --log "$WORK/log")
  run_container
  expect_status 0
done
ocirt --log-level nonsense list
expect_failure
