#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
jq -n '{args: ["sh", "-c", "test -t 0 && echo terminal || echo none"], cwd: "/", env: ["PATH=/bin"], user: {uid: 0, gid: 0}, terminal: true}' \
  >"$WORK/process.json"
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" \
  "$OCIRT" --root "$STATE_ROOT" exec --process "$WORK/process.json" "$ID" | tr -d '\r')
expect_stdout terminal
