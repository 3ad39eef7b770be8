#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc stops at the first"
new_bundle
config '.linux.namespaces |= map(select(.type != "uts" and .type != "network" and .type != "user")) | .domainname = "d"
  | .linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]'
run_container
expect_status 1
for pointer in /hostname /domainname /linux/sysctl /linux/uidMappings; do
  expect_error_contains "$pointer"
done
expect_no_leftovers
