#!/bin/bash
# The container sits below a delegated scope, exec as well, and both are gone with it.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
payload sleep 1000
start_container
where=$(cat "/proc/$(container_pid)/cgroup")
expect_equal "/sys/fs/cgroup${where#0::}" "$CGROUP" "cgroup of the payload"
expect_equal "$(cat "$SCOPE/cgroup.procs")" "" "processes in the scope itself"
expect_equal "$(show Delegate)" yes Delegate
expect_equal "$(show ActiveState)" active ActiveState
ocirt exec "$ID" cat /proc/self/cgroup
expect_stdout "$where"
ocirt exec --detach --pid-file "$WORK/pid" "$ID" sleep 1000
expect_equal "$(cat "/proc/$(cat "$WORK/pid")/cgroup")" "$where" "cgroup of exec"
ocirt delete --force "$ID"
expect_status 0
expect_no_unit
expect_no_leftovers

payload true
run_container
expect_status 0
expect_no_unit
