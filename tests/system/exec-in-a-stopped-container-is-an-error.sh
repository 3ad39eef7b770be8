#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
start_container
wait_for_status stopped
ocirt exec "$ID" true
expect_error_matches "stopped|not running"
