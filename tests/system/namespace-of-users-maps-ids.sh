#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
chown -Rh 100000:100000 "$ROOTFS"
payload sh -c 'id -u; cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; touch /made; stat -c "%u:%g" /made'
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}, {containerID: 1000, hostID: 200000, size: 5}]
  | .linux.gidMappings = .linux.uidMappings'
run_container
expect_status 0
expect_stdout "0
 0 100000 1000
 1000 200000 5
 0 100000 1000
 1000 200000 5
0:0"
expect_equal "$(stat -c %u:%g "$ROOTFS/made")" 100000:100000 "owner on the host"
expect_no_leftovers
