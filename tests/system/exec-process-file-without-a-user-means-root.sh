#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
echo '{"args": ["sh", "-c", "id -u; id -g"], "cwd": "/", "env": ["PATH=/bin"]}' >"$WORK/process.json"
ocirt exec --process "$WORK/process.json" "$ID"
expect_status 0
expect_stdout $'0\n0'
