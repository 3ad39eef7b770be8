#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
chown -Rh 100000:100000 "$ROOTFS"
start_container
ocirt exec "$ID" sh -c 'id -u; cat /proc/self/uid_map | xargs; readlink /proc/self/ns/user'
expect_status 0
expect_stdout "0
0 100000 65536
$(readlink "/proc/$(container_pid)/ns/user")"
