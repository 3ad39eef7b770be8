#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.linux.namespaces |= map(if .type == "network" then .path = "/no/such/namespace" else . end)'
run_container
expect_error_contains /no/such/namespace
expect_no_leftovers
config '.linux.namespaces |= map(if .type == "network" then .path = "/proc/self/ns/uts" else . end)'
run_container
expect_failure
expect_no_leftovers
