#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc keeps the caller's bounding set"
new_bundle
payload grep ^Cap /proc/self/status
config 'del(.process.capabilities)'
run_container
expect_status 0
expect_equal "$(awk '{ print $2 }' <<<"$STDOUT" | sort -u)" 0000000000000000 sets
