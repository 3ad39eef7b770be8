#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload /bin/cat /proc/self/environ
config 'del(.process.env)'
export SECRET=token
run_container
expect_status 0
expect_equal "$(tr '\0' '\n' <"$OUT_FILE" | grep -v '^HOME=' || true)" "" environment
