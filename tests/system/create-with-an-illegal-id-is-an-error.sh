#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
before=$(find "$WORK" | grep -cv '/\(out\|err\)\.' || true)
for id in "" . .. a/b ../x /x "a b" $'a\nb' 'a*' 'ä'; do
  ocirt create --bundle "$BUNDLE" "$id"
  expect_failure
  [ -n "$STDERR" ] || fail "no message for the id '$id'"
done
rmdir "$STATE_ROOT" 2>/dev/null || [ ! -e "$STATE_ROOT" ] || fail "state left: $(ls -A "$STATE_ROOT")"
expect_equal "$(find "$WORK" | grep -cv '/\(out\|err\)\.')" "$before" "files made"
