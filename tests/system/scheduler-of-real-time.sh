#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 does not know it"
chrt --fifo 1 true 2>/dev/null || skip "this machine allows no real-time scheduling"
[ ! -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ] || skip "this kernel gives a new cgroup no real-time"
new_bundle
payload probe scheduling
config '.process.scheduler = {policy: "SCHED_RR", priority: 5}'
run_container
expect_stdout "policy=2 nice=0 priority=5 flags=0"
