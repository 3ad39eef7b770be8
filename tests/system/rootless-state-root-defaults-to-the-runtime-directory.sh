#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc's is elsewhere"
need_root
new_bundle
payload sleep 1000
become_user single
as_user "$OCIRT" create --bundle "$BUNDLE" "$ID" &>"$WORK/log" || fail "$(cat "$WORK/log")"
[ -d "$USER_FILES/xdg/ocirt/$ID" ] || fail "no state in \$XDG_RUNTIME_DIR/ocirt"
as_user "$OCIRT" delete --force "$ID" || fail "delete fails"
[ ! -e "$USER_FILES/xdg/ocirt/$ID" ] || fail "the state is left"
