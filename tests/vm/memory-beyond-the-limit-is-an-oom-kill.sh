#!/bin/bash
# A payload that takes more memory than it may is killed; run says so with 137, and nothing else dies.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
limit memory '{limit: 16777216}'
payload sh -c 'x=0123456789abcdef; while :; do x=$x$x; done'
run_container
expect_status 137
[ ! -e "$CGROUP" ] || fail "the cgroup is still there"
