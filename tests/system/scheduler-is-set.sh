#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
new_bundle
payload probe scheduling
config '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
run_container
expect_stdout "policy=3 nice=7 priority=0 flags=0"
config '.process.scheduler = {policy: "SCHED_OTHER", nice: 3, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
run_container
expect_stdout "policy=0 nice=3 priority=0 flags=1"
