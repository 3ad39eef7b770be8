#!/bin/bash
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/../lib.sh"

make_device dev0 mtu 1400 address 02:00:00:00:00:07
ip link set dev0 up
ip addr add 192.0.2.7/24 broadcast 192.0.2.255 dev dev0
ip addr add 192.0.2.8/24 dev dev0
ip addr add 192.0.2.9/32 peer 198.51.100.1 dev dev0 metric 77
ip addr add 203.0.113.1/24 scope link dev dev0
ip addr add 198.51.100.9/24 valid_lft 1000 preferred_lft 1000 dev dev0
ip addr add 2001:db8::7/64 nodad dev dev0
new_bundle
payload sleep 100
config '.linux.netDevices = {dev0: {}}'
start_container
pid=$(container_pid)
inside() { nsenter -t "$pid" -n "$@"; }
expect_equal "$(inside ip -j link show dev0 | jq -c '.[0] | [.mtu, .address, (.flags | contains(["UP"]))]')" \
  '[1400,"02:00:00:00:00:07",true]' "the device"
expect_equal "$(inside ip -j addr show dev0 | jq -c '.[0].addr_info[] | select(.scope == "global")
  | [.local, .address, .prefixlen, .broadcast, .metric, .label, .valid_life_time]')" \
  '["192.0.2.7",null,24,"192.0.2.255",null,"dev0",4294967295]
["192.0.2.9","198.51.100.1",32,null,77,"dev0",4294967295]
["192.0.2.8",null,24,null,null,"dev0",4294967295]
["2001:db8::7",null,64,null,null,null,4294967295]' "permanent addresses of global scope"
expect_equal "$(inside ip -o addr show dev0 | grep -E "203.0.113|198.51.100.9" || true)" "" "other addresses"
if ip link show dev0 >/dev/null 2>&1; then fail "the device is still outside"; fi
