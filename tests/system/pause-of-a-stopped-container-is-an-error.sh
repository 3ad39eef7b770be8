#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
start_container
wait_for_status stopped
ocirt pause "$ID"
expect_error_matches "not running|stopped"
