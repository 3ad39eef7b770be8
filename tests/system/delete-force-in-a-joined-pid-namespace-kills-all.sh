#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
start_container
host=$ID
host_pid=$(container_pid)
new_bundle guest
config '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' --arg path "/proc/$host_pid/ns/pid"
payload sh -c 'sleep 1003 & touch /ready; wait'
start_container
wait_until test -e "$ROOTFS/ready"
ocirt delete --force "$ID"
expect_status 0
[ ! -e "$STATE_ROOT/$ID" ] || fail "state directory left"
no_guest_cgroups() { ! container_cgroups | grep -q -- -guest; }
wait_until no_guest_cgroups
has_status "$host" running || fail "the container whose namespace it was ended, too"
