#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'i=0; while [ $i -lt 100000 ]; do echo line $i || exit 1; i=$((i + 1)); done'
timeout 20 sh -c '"$@" 2>/dev/null | head -1 >/dev/null' - "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" ||
  fail "run hangs"
expect_no_leftovers
