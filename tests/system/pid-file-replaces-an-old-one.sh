#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
echo "99999999999 something longer than a pid" >"$WORK/pid"
create_container --pid-file "$WORK/pid"
expect_equal "$(cat "$WORK/pid")" "$(container_pid)" "the pid file"
