#!/bin/bash
# A payload over its memory limit is killed, and one over its number of processes can't fork.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit memory '{limit: 16777216}'
limit pids '{limit: 5}'
payload sh -c 'x=0123456789abcdef; while :; do x=$x$x; done'
run_container
expect_status 137
payload sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 10 & done'
run_container
expect_error_contains "can't fork"
expect_no_unit
