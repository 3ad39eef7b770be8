#!/bin/bash
source "$(dirname "$0")/../lib.sh"

before=$(cat /proc/sys/vm/overcommit_memory)
new_bundle
config '.linux.sysctl = {"vm.overcommit_memory": "1"}'
run_container
expect_error_contains vm.overcommit_memory
config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}'
without_namespace network
run_container
expect_error_contains net.ipv4.ip_forward
expect_equal "$(cat /proc/sys/vm/overcommit_memory)" "$before" "the host's value"
expect_no_leftovers
