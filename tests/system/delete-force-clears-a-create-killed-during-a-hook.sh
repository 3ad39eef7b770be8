#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 leaves cgroups behind"
new_bundle
mark=/tmp/$TAG # createContainer hooks run before the pivot: they see the host's /tmp
for kind in prestart createRuntime createContainer; do
  config '.hooks = {($kind): [{path: "/bin/sh", args: ["sh", "-c", "touch \($mark); exec sleep 1000"]}]}' \
    --arg kind "$kind" --arg mark "$mark"
  setsid env OCIRT_TEST_MARK="$WORK" "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" &>/dev/null &
  creator=$!
  wait_until test -e "$mark"
  rm -f "$mark"
  kill -KILL "$creator"
  wait "$creator" 2>/dev/null || true
  ocirt delete --force "$ID"
  expect_status 0
  expect_no_leftovers
done
