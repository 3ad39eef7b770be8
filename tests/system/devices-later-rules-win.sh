#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# cgroup v1 cannot make a hole in a wider rule: then an error, but never a device that should be closed.
need_root
new_bundle
config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])
  | .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 240, access: "rwm"},
      {allow: false, type: "c", major: 240, minor: 7, access: "rwm"}]'
payload sh -c 'mknod /dev/c c 240 7; cat </dev/c'
run_container
expect_failure
grep -q "No such device" <<<"$STDERR" && fail "the device was open"
expect_no_leftovers
