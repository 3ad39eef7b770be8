#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
wait_for_program sleep
ocirt ps "$ID" -o pid,comm
expect_status 0
expect_equal "$(tail -n +2 <<<"$STDOUT" | xargs)" "$(container_pid) sleep" "the row"
