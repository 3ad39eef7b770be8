#!/bin/bash
# podman run --cap-add and --cap-drop reach the kernel.
source "$(dirname "$0")/podman.bash"
pod_run --rm --cap-drop all --cap-add net_raw,chown -- sh -c 'grep -E "Cap(Eff|Bnd)" /proc/self/status'
expect_status 0
expect_stdout $'CapEff:\t0000000000002001\nCapBnd:\t0000000000002001'
