#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
run_container -d
expect_status 0
wait_for_status stopped
