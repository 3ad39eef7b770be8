#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# conmon, buildah and go-runc read the runtime's stderr to its end.
new_bundle
payload /no/such/program
timeout 10 sh -c '"$@" 2>&1 | cat >/dev/null' - "$OCIRT" --root "$STATE_ROOT" create --bundle "$BUNDLE" "$ID" ||
  fail "somebody still holds stderr"
expect_no_leftovers
