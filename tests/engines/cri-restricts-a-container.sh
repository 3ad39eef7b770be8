#!/bin/bash
# A container's security context: user, capabilities, seccomp, a root that is read-only, and mounts.
source "$(dirname "$0")/cri.bash"
run_pod
mkdir "$WORK/volume"
echo content >"$WORK/volume/file"
create_container_in_pod "$(jq -n --arg volume "$WORK/volume" '{command: ["sleep", "1000"],
  mounts: [{container_path: "/volume", host_path: $volume, readonly: true}],
  linux: {security_context: {run_as_user: {value: "1000"}, readonly_rootfs: true, no_new_privs: true,
    capabilities: {drop_capabilities: ["ALL"], add_capabilities: ["CHOWN"]},
    seccomp: {profile_type: "RuntimeDefault"}}}}')"
start_container_in_pod
expect_status 0
exec_in_container sh -c 'id -u; cat /volume/file; grep -E "CapBnd|NoNewPrivs|Seccomp:" /proc/self/status
  touch /volume/other /other 2>&1'
expect_status 1
expect_stdout $'1000\ncontent\nCapBnd:\t0000000000000001\nNoNewPrivs:\t1\nSeccomp:\t2
touch: /volume/other: Read-only file system\ntouch: /other: Read-only file system'
