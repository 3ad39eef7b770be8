#!/bin/bash
# Processes that the payload has put into cgroups below its own belong to the container like all others.
# As: root
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
without_namespace pid
config '.linux.namespaces += [{type: "cgroup"}]'
add_mount /sys/fs/cgroup cgroup cgroup rw
payload sh -c 'mkdir /sys/fs/cgroup/below; sleep 100 & echo $! >/sys/fs/cgroup/below/cgroup.procs
  trap "" TERM; touch /tmp/ready; while :; do sleep 1; done'
start_container
wait_until test -e "$ROOTFS/tmp/ready"
below=$(cat "$CGROUP/below/cgroup.procs")
ocirt ps --format json "$ID"
expect_status 0
jq -e --argjson pid "$below" 'index($pid)' <<<"$STDOUT" >/dev/null || fail "ps lacks $below"
ocirt kill --all "$ID" TERM
expect_status 0
wait_until sh -c "! kill -0 $below"
has_status "$ID" running || fail "the payload ignores TERM, and yet ended"
ocirt kill "$ID" KILL
expect_status 0
wait_for_status stopped
