#!/bin/bash
# podman run --user: ids, additional groups and no capabilities.
source "$(dirname "$0")/podman.bash"
pod_run --rm --user 1000:1001 --group-add 1002 -- sh -c 'id -u; id -g; id -G; grep CapEff /proc/self/status'
expect_status 0
expect_stdout $'1000\n1001\n1001 1002\nCapEff:\t0000000000000000'
