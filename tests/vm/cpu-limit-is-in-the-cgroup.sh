#!/bin/bash
# Quota and period of cpu time reach cpu.max, and processors cpuset.cpus.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit cpu '{quota: 25000, period: 50000, cpus: "1"}'
payload sleep 100
start_container
expect_file cpu.max "25000 50000"
expect_file cpuset.cpus 1
