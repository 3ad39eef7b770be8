#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
config '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "exec sleep 1234"], timeout: 1}]}'
before=$SECONDS
ocirt create --bundle "$BUNDLE" "$ID"
expect_failure
[ $((SECONDS - before)) -lt 8 ] || fail "the time limit did not hold"
[ -z "$(pgrep -f "^sleep 1234$" || true)" ] || fail "the hook still runs"
expect_no_leftovers
