#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "no other runtime has plan"
new_bundle
chmod 755 "$BUNDLE"
cp "$OCIRT" "$WORK/runtime"
STDOUT=$(setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/runtime" plan --bundle "$BUNDLE") || fail "plan fails"
jq -e type <<<"$STDOUT" >/dev/null || fail "not JSON"
