#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
mkdir "$WORK/here"
cd "$WORK/here"
create_container --pid-file the.pid
expect_equal "$(cat "$WORK/here/the.pid")" "$(container_pid)" "the pid file"
[ ! -e "$BUNDLE/the.pid" ] || fail "the pid file is in the bundle"
