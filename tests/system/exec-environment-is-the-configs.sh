#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
config '.process.env = ["PATH=/bin", "ONE=1"]'
start_container
export LEAKED=secret
ocirt exec "$ID" env
expect_status 0
expect_equal "$(grep -vE '^HOME=' <<<"$STDOUT" | sort)" $'ONE=1\nPATH=/bin' environment
