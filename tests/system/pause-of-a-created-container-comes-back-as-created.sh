#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
create_container
ocirt pause "$ID"
expect_status 0
has_status "$ID" paused || fail "status is not paused"
ocirt resume "$ID"
expect_status 0
has_status "$ID" created || fail "status is not created"
ocirt start "$ID"
expect_status 0
has_status "$ID" running || fail "status is not running"
