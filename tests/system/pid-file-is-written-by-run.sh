#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
run_container --detach --pid-file "$WORK/pid"
expect_status 0
expect_equal "$(cat "$WORK/pid")" "$(container_pid)" "the pid file"
