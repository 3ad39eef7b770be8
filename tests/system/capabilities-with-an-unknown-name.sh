#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc warns"
new_bundle
config '.process.capabilities.bounding += ["CAP_NOSUCH"]'
run_container
expect_error_contains CAP_NOSUCH
expect_error_contains /process/capabilities/bounding/3
expect_no_leftovers
