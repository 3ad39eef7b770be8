#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'trap "exit 33" USR1; trap "exit 44" TERM; touch /ready; while :; do sleep 0.05; done'
for signal in USR1:33 TERM:44; do
  rm -f "$ROOTFS/ready"
  spawn "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID"
  wait_until test -e "$ROOTFS/ready"
  kill "-${signal%:*}" "$HELPER"
  status=0
  wait "$HELPER" || status=$?
  expect_equal "$status" "${signal#*:}" "status after SIG${signal%:*}"
done
expect_no_leftovers
