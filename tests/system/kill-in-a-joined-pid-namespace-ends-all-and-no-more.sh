#!/bin/bash
# A container in the pid namespace of another: KILL ends what its first process leaves behind, and nobody else.
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
host=$ID
host_pid=$(container_pid)
new_bundle guest
config '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' --arg path "/proc/$host_pid/ns/pid"
payload sh -c 'sleep 1003 & echo $! >/child; wait'
start_container
wait_until test -s "$ROOTFS/child"
ocirt ps --format json "$ID"
expect_equal "$(jq -c length <<<"$STDOUT")" 2 "number of processes"
child=$(jq -c --argjson init "$(container_pid)" 'map(select(. != $init))[0]' <<<"$STDOUT")
ocirt kill "$ID" KILL
expect_status 0
# A zombie, until the first process of the namespace collects it.
wait_until sh -c "! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' /proc/$child/status"
wait_for_status stopped
has_status "$host" running || fail "the container whose namespace it was ended, too"
