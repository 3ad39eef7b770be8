#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 does not know it"
new_bundle
payload sh -c 'cut -d. -f1 /proc/uptime; cat /proc/self/timens_offsets | tr -s " "'
config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {monotonic: {secs: 1000000}, boottime: {secs: 5000000, nanosecs: 3}}'
run_container
expect_status 0
[ "$(head -1 <<<"$STDOUT")" -ge 5000000 ] || fail "uptime does not have the offset"
expect_stdout_contains "boottime 5000000 3"
