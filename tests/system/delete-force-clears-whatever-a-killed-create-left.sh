#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# SIGKILL takes the creator at a different moment each time.
need_root
ocirt_only "runc 1.1 leaves cgroups behind"
new_bundle
payload sleep 1000
for delay in 0.001 0.002 0.003 0.004 0.005 0.006 0.008 0.010 0.012 0.015 0.020 0.030; do
  setsid env OCIRT_TEST_MARK="$WORK" "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 &
  creator=$!
  sleep "$delay"
  kill -KILL "$creator" 2>/dev/null || true
  wait "$creator" 2>/dev/null || true
  ocirt delete --force "$ID"
  expect_status 0
  expect_no_leftovers
done
run_container --detach
expect_status 0
