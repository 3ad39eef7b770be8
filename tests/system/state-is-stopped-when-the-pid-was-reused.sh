#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The state must remember the start time (or a pidfd's inode): pids come round again.
new_bundle
payload sleep 1000
create_container
pid=$(container_pid)
spawn sleep 1000
files=$(grep -rlE "\b$pid\b" "$STATE_ROOT/$ID") || skip "the state does not show the pid as text"
# shellcheck disable=SC2086  # words
sed -i "s/\b$pid\b/$HELPER/g" $files
ocirt state "$ID"
expect_equal "$(jq -r .status <<<"$STDOUT")" stopped status
ocirt kill "$ID" KILL
expect_error_contains "not running"
kill -0 "$HELPER" || fail "a stranger was killed"
kill -KILL "$pid"
