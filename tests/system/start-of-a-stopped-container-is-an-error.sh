#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
start_container
wait_for_status stopped
ocirt start "$ID"
expect_error_contains "stopped"
