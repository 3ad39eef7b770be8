#!/bin/bash
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/../lib.sh"

make_device dev0
new_bundle
payload true

# refused NET_DEVICES TEXT
refused() {
  config ".linux.netDevices = $1"
  run_container
  expect_error_contains "$2"
  expect_no_leftovers
  # None moves unless all are there: it would be gone with the namespace of the container that failed.
  ip link show dev0 >/dev/null || fail "the device is gone"
}

refused '{dev0: {}, nosuchdev: {}}' 'network device "nosuchdev"'
refused '{dev0: {name: "lo"}}' '"dev0": the container has a device "lo" already'
refused '{lo: {name: "x1"}}' 'move network device "lo"'
