#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
config '.linux.namespaces += [{type: "pid"}]'
run_container
expect_failure
expect_no_leftovers
