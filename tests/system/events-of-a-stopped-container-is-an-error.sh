#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload true
start_container
wait_for_status stopped
ocirt events --stats "$ID"
expect_status 1
expect_error_contains "not running"
ocirt events --interval 0s "$ID"
expect_status 1
ocirt events nobody
expect_status 1
expect_error_contains "does not exist"
