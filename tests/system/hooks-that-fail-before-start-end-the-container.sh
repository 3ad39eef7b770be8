#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload touch /ran
for kind in prestart createRuntime createContainer; do
  config '.hooks = {($kind): [{path: "/bin/sh", args: ["sh", "-c", "echo a reason >&2; exit 3"]}]}' --arg kind "$kind"
  ocirt create --bundle "$BUNDLE" "$ID"
  expect_error_contains hook
  expect_no_leftovers
done
[ ! -e "$ROOTFS/ran" ] || fail "the payload ran"
