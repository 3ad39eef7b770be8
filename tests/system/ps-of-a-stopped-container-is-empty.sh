#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
start_container
wait_for_status stopped
ocirt ps --format json "$ID"
expect_status 0
case $STDOUT in null | "[]") ;; *) fail "not an empty array" ;; esac
