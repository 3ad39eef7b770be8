#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
head -c 3000000 /dev/urandom >"$ROOTFS/data"
payload cat /data
"$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" | cmp - "$ROOTFS/data" || fail "the output differs"
