#!/bin/bash
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/../lib.sh"

# "unless the user has provided a template by appending %d to the new name"
for name in dev0 dev1 dev2; do
  make_device "$name"
done
ip addr add 192.0.2.2/24 dev dev2
new_bundle
payload sh -c 'ls /sys/class/net | xargs; ip -4 -o addr show dev net1'
config '.linux.netDevices = {dev0: {name: "dev1"}, dev1: {name: "net%d"}, dev2: {name: "net%d"}}'
run_container
expect_status 0
expect_equal "$(head -1 <<<"$STDOUT")" "dev1 lo net0 net1" "devices"
expect_stdout_contains "inet 192.0.2.2/24"
