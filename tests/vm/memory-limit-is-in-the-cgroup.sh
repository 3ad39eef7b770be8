#!/bin/bash
# The limits of memory reach the files of cgroup v2: max, low, and swap without the memory in it.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit memory '{limit: 67108864, reservation: 33554432, swap: 100663296}'
payload sleep 100
start_container
expect_file memory.max 67108864
expect_file memory.low 33554432
expect_file memory.swap.max 33554432
