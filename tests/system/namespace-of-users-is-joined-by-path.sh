#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 asks for mappings"
new_bundle holder
chown -Rh 100000:100000 "$ROOTFS"
payload sleep 1000
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
start_container
pid=$(container_pid)
new_bundle joiner
chown -Rh 100000:100000 "$ROOTFS"
payload sh -c 'readlink /proc/self/ns/user; id -u'
config '.linux.namespaces += [{type: "user", path: "/proc/\($p)/ns/user"}]' --arg p "$pid"
run_container
expect_status 0
expect_stdout "$(readlink "/proc/$pid/ns/user")
0"
