#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
create_container
ocirt exec "$ID" hostname
expect_status 0
expect_stdout ocirt
has_status "$ID" created || fail "exec changed the status"
