#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec --detach --pid-file "$WORK/pid" "$ID" sleep 2000
expect_status 0
expect_silence
grep -qzE '^[1-9][0-9]*$' "$WORK/pid" || fail "not a bare number: $(od -c "$WORK/pid")"
pid=$(cat "$WORK/pid")
wait_until grep -qza 2000 "/proc/$pid/cmdline"
expect_equal "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$(container_pid)/ns/pid")" "pid namespace"
