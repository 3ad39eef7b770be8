#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc's text is the example to avoid"
new_bundle
become_user single
config '.linux.resources = {memory: {limit: 67108864}}'
run_container
expect_error_contains memory
expect_no_leftovers
