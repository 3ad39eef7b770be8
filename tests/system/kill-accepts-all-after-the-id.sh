#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops reading options at the id"
new_bundle
payload sleep 1000
start_container
ocirt kill "$ID" KILL --all
expect_status 0
wait_for_status stopped
