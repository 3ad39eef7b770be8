#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt list
expect_status 0
[ -z "$STDERR" ] || fail "list wrote to stderr"
head -1 <<<"$STDOUT" | grep -qE '^ID +PID +STATUS +BUNDLE +CREATED +OWNER' || fail "the heading is wrong"
grep -qE "^$ID +$(container_pid) +running +$BUNDLE +20[^ ]+ +[^ ]+" <<<"$STDOUT" || fail "the row is wrong"
