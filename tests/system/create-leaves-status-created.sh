#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload touch /started
create_container
has_status "$ID" created || fail "status is not created"
[ ! -e "$ROOTFS/started" ] || fail "the payload ran before start"
[ "$(container_pid)" -gt 0 ] || fail "a created container has a pid"
