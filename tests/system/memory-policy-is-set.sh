#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
[ -e /sys/devices/system/node/has_memory ] || skip "the kernel has no memory policies"
new_bundle
payload probe mempolicy
config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
run_container
expect_stdout "0x2 0x1"
config '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
run_container
expect_stdout "0x8003 0x1"
config '.linux.memoryPolicy = {mode: "MPOL_LOCAL"}'
run_container
expect_stdout "0x4 0"
config 'del(.linux.memoryPolicy)'
run_container
expect_stdout "0 0"

# Node 900 is on no machine that runs this.
config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "900"}'
run_container
expect_error_contains "set memory policy"
expect_error_contains has_memory
expect_no_leftovers

# It is for the container's first process, and what that forks.
config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"} | .process.args = ["sleep", "1000"]'
start_container
ocirt exec "$ID" probe mempolicy
expect_stdout "0 0"
