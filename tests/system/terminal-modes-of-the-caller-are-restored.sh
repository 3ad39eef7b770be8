#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload true
config '.process.terminal = true'
cat >"$WORK/modes.sh" <<'SH'
before=$(stty -g)
"$@"
[ "$(stty -g)" = "$before" ] && echo restored
SH
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" sh "$WORK/modes.sh" "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID")
expect_stdout_contains restored
