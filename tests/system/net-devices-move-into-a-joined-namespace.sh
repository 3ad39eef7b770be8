#!/bin/bash
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/../lib.sh"

is_elsewhere() { [ "$(readlink "/proc/$HELPER/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
spawn unshare --net sleep 100
wait_until is_elsewhere
make_device dev0
ip addr add 192.0.2.7/24 dev dev0
new_bundle
payload ip -4 -o addr show dev in0
config '(.linux.namespaces[] | select(.type == "network")).path = "/proc/\($pid)/ns/net"' --arg pid "$HELPER"
config '.linux.netDevices = {dev0: {name: "in0"}}'
run_container
expect_status 0
expect_stdout_contains "inet 192.0.2.7/24"
# The namespace's owner keeps it: the runtime moves nothing back.
nsenter -t "$HELPER" -n ip link show in0 >/dev/null || fail "the device left with the container"
