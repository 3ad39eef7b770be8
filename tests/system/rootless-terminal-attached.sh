#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'test -t 0 && tty && echo ready && read line && echo "<$line>"'
config '.process.terminal = true'
become_user subids
STATUS=0
cd /
cp -r "$TESTS/helpers" "$WORK/helpers"
chmod -R a+rX "$WORK/helpers"
STDOUT=$("${RUN_AS[@]}" python3 "$WORK/helpers/on_pty.py" --type 'typed\n' --after ready \
  "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID") || STATUS=$?
expect_status 0
expect_stdout_contains "<typed>"
