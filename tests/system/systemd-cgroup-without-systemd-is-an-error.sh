#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "the words are ours"
[ ! -d /run/systemd/system ] || skip "this host has systemd"
new_bundle
for option in --systemd-cgroup --cgroup-manager=systemd; do
  GLOBALS=("$option")
  config '.linux.cgroupsPath = "system.slice:ocirt:\($tag)"' --arg tag "$TAG"
  run_container
  expect_error_contains "there is no systemd here"
  expect_error_contains "unix:path=/run/dbus/system_bus_socket"
  expect_error_contains "hint: leave out --systemd-cgroup"
done
# Whatever the environment says.
DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere run_container
expect_error_contains "unix:path=/nowhere"
expect_no_leftovers
