#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
start_container
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_silence
expect_no_leftovers
ocirt state "$ID"
expect_error_contains "does not exist"
