#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
ocirt resume "$ID"
expect_error_contains "not paused"
