#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config '.linux.namespaces += [{type: "galaxy"}] | .linux.rootfsPropagation = "sideways" | .process.rlimits += [{type: "RLIMIT_X", soft: 1, hard: 1}]
  | .process.scheduler = {policy: "SCHED_X"} | .process.ioPriority = {class: "IOPRIO_X", priority: 1}
  | .linux.personality = {domain: "BSD"} | .linux.devices = [{path: "/dev/x", type: "x", major: 1, minor: 1}]'
last=$(jq '.linux.namespaces | length - 1' "$CONFIG")
run_container
expect_status 1
for pointer in "/linux/namespaces/$last/type" /linux/rootfsPropagation /process/rlimits/1/type /process/scheduler/policy \
  /process/ioPriority/class /linux/personality/domain /linux/devices/0/type; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
