#!/bin/bash
source "$(dirname "$0")/../lib.sh"

before=$(hostname)
new_bundle
without_namespace uts
run_container
expect_error_contains uts
expect_equal "$(hostname)" "$before" "the host's name"
expect_no_leftovers
