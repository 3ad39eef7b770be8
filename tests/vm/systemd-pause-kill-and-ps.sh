#!/bin/bash
# pause, resume, ps and kill --all work on the container's cgroup below the scope.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
config '.linux.namespaces |= map(select(.type != "pid"))'
payload sh -c 'sleep 1000 & sleep 1000 & wait'
start_container
ocirt pause "$ID"
expect_status 0
expect_equal "$(cat "$CGROUP/cgroup.freeze")" 1 cgroup.freeze
has_status "$ID" paused || fail "not paused"
ocirt resume "$ID"
has_status "$ID" running || fail "not running"
ocirt ps --format json "$ID"
[ "$(jq length <<<"$STDOUT")" -ge 3 ] || fail "ps lacks processes: $STDOUT"
ocirt kill --all "$ID" KILL
expect_status 0
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_no_unit
