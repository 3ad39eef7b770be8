#!/bin/bash
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "the words of an error"

new_bundle
payload sleep 1000
start_container
mkdir "$WORK/images"
echo '["/dev/null", "/dev/null", "/dev/null"]' >"$WORK/images/descriptors.json"
without_criu() {
  keep_output_of env PATH="$WORK" "$OCIRT" --root "$STATE_ROOT" "$@"
  expect_error_contains "CRIU, which does this, is not installed"
  expect_error_contains "apt-get install criu"
}
without_criu checkpoint --image-path "$WORK/images" "$ID"
wait_for_status running
without_criu restore --bundle "$BUNDLE" --image-path "$WORK/images" "$ID-other"
[ ! -e "$STATE_ROOT/$ID-other" ] || fail "something is left of the restored container"
