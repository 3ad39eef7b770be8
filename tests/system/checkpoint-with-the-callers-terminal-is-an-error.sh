#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu
ocirt_only "the words of an error"

new_bundle
payload sh -c 'i=0; while :; do i=$((i + 1)); echo "n=$i"; sleep 0.05; done'
spawn python3 "$TESTS/helpers/on_pty.py" "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" >"$WORK/one"
wait_until grep -q n=5 "$WORK/one"
checkpoint --shell-job
expect_error_contains "hint:"
expect_error_contains "process.terminal"
wait_for_status running
seen=$(grep -c n= "$WORK/one")
wait_until grep -q "n=$((seen + 5))" "$WORK/one"
