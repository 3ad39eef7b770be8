#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 123, hard: 234}]'
start_container
ocirt exec "$ID" grep core /proc/self/limits
expect_equal "$(xargs <<<"$STDOUT")" "Max core file size 123 234 bytes" "the limit"
