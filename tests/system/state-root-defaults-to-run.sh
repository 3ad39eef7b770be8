#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman never passes --root, and sometimes an empty XDG_RUNTIME_DIR, no PATH and no HOME.
need_root
ocirt_only "runc's own is elsewhere"
new_bundle
payload sleep 1000
env -i XDG_RUNTIME_DIR= PATH=/usr/bin:/bin OCIRT_TEST_MARK="$WORK" "$OCIRT" create --bundle "$BUNDLE" "$ID" &>/dev/null
[ -d "/run/ocirt/$ID" ] || fail "no /run/ocirt/$ID"
env -i "$OCIRT" state "$ID" >/dev/null || fail "not found without any environment"
env -i XDG_RUNTIME_DIR= "$OCIRT" delete --force "$ID" || fail "delete fails"
[ ! -e "/run/ocirt/$ID" ] || fail "the state directory is left"
