#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 ignores it in exec"
new_bundle
payload sleep 1000
start_container
jq -n '{args: ["sh", "-c", "umask"], cwd: "/", env: ["PATH=/bin"], user: {uid: 0, gid: 0, umask: 63}}' >"$WORK/process.json"
ocirt exec --process "$WORK/process.json" "$ID"
expect_stdout 0077
