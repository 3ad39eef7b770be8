#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Without a list of devices, every device could be opened.
need_root
new_bundle
config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
payload sh -c 'mknod /dev/x b 240 7; cat </dev/x; mknod /dev/y c 240 7; cat </dev/y'
# Major 240 belongs to nobody: an open that is allowed ends with ENXIO, "No such device".
for edit in 'del(.linux.resources)' '.linux.resources = {}' '.linux.resources = {devices: []}' \
  '.linux.resources = {devices: [{allow: false, type: "c", major: 1, minor: 1, access: "rwm"}]}' \
  '.linux.resources = {devices: [{allow: true, type: "c", major: 10, minor: 229, access: "rwm"}]}'; do
  config "$edit"
  run_container
  case $STDERR in *"No such device"*) fail "a device is open with $edit" ;; esac
  expect_no_leftovers
done
