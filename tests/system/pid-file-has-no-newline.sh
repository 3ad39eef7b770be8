#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# go-runc and podman convert the raw bytes.
new_bundle
payload sleep 1000
create_container --pid-file "$WORK/pid"
grep -qzE '^[1-9][0-9]*$' "$WORK/pid" || fail "not a bare number: $(od -c "$WORK/pid")"
expect_equal "$(wc -l <"$WORK/pid")" 0 "newlines in the pid file"
expect_equal "$(cat "$WORK/pid")" "$(container_pid)" "the pid file"
