#!/bin/bash
# docker run --cap-add and --cap-drop reach the kernel, as does --user.
source "$(dirname "$0")/docker.bash"
docker_run --rm --cap-drop all --cap-add net_raw --cap-add chown -- grep -E "Cap(Eff|Bnd)" /proc/self/status
expect_stdout $'CapEff:\t0000000000002001\nCapBnd:\t0000000000002001'
docker_run --rm --user 1000:1001 --group-add 1002 --security-opt no-new-privileges -- \
  sh -c 'id -u; id -g; id -G; grep -E "CapEff|NoNew" /proc/self/status'
expect_status 0
expect_stdout $'1000\n1001\n1001 1002\nCapEff:\t0000000000000000\nNoNewPrivs:\t1'
