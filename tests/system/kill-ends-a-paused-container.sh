#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
ocirt pause "$ID"
expect_status 0
ocirt kill "$ID" KILL
expect_status 0
wait_for_status stopped
