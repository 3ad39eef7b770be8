#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.linux.namespaces += [{type: "galaxy"}]'
run_container
expect_error_contains galaxy
expect_no_leftovers
