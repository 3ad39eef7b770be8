#!/bin/bash
# Without a cgroup nothing tells whose the processes in a shared pid namespace are: only the first is signalled.
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "it is about --cgroup-manager disabled"
new_bundle
payload sleep 1000
start_container
host=$ID
host_pid=$(container_pid)
new_bundle guest
config '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end)' --arg path "/proc/$host_pid/ns/pid"
payload sleep 1000
GLOBALS=(--cgroup-manager disabled)
start_container
GLOBALS=()
ocirt ps --format json "$ID"
expect_stdout "[$(container_pid)]"
ocirt kill --all "$ID" KILL
expect_status 0
wait_for_status stopped
has_status "$host" running || fail "the container whose namespace it was ended, too"
