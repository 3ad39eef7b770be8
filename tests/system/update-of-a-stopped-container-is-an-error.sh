#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload true
start_container
wait_for_status stopped
ocirt update --pids-limit 5 "$ID"
expect_status 1
expect_error_contains "container not running"
