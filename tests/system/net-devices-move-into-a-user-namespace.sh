#!/bin/bash
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/../lib.sh"

make_device dev0
ip addr add 192.0.2.7/24 dev dev0
new_bundle
chown -R 100000:100000 "$ROOTFS"
payload ip -4 -o addr show dev dev0
config '.linux.namespaces += [{type: "user"}] | .linux.netDevices = {dev0: {}}
  | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
  | .linux.gidMappings = .linux.uidMappings'
run_container
expect_status 0
expect_stdout_contains "inet 192.0.2.7/24"
