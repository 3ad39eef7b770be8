#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
run_container --detach
expect_status 0
expect_silence
has_status "$ID" running || fail "the container is not running"
wait_for_program sleep
[ "$(tr '\0' ' ' <"/proc/$(container_pid)/cmdline")" = "sleep 1000 " ] || fail "another program runs"
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
