#!/bin/bash
# Without a rule for it a device node cannot be opened, whoever made the node; with one it can.
# As: root
source "$(dirname "$0")/lib.bash"

# Opens /dev/fuse, which the kernel itself lets everybody open.
open_fuse='mknod /fuse c 10 229; exec 3<>/fuse && echo opened'

new_bundle denied
own_cgroup
config '.process.capabilities[] += ["CAP_MKNOD"]'
payload sh -c "$open_fuse"
run_container
expect_stdout ""
expect_error_contains "operation not permitted"

new_bundle allowed
own_cgroup
config '.process.capabilities[] += ["CAP_MKNOD"]
  | .linux.resources.devices += [{allow: true, type: "c", major: 10, minor: 229, access: "rwm"}]'
payload sh -c "$open_fuse"
run_container
expect_status 0
expect_stdout opened
