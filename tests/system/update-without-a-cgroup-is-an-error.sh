#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "it is about --cgroup-manager disabled"
new_bundle
payload sleep 1000
GLOBALS=(--cgroup-manager disabled)
start_container
GLOBALS=()
ocirt update --pids-limit 5 "$ID"
expect_status 1
expect_error_contains "no cgroup of its own"
ocirt events --stats "$ID"
expect_status 1
expect_error_contains "no cgroup of its own"
