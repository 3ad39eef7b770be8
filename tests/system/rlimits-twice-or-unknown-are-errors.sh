#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "other texts"
new_bundle
config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 2}, {type: "RLIMIT_CORE", soft: 1, hard: 2},
  {type: "RLIMIT_NOSUCH", soft: 1, hard: 2}, {type: "RLIMIT_STACK", soft: 3, hard: 2}]'
run_container
expect_error_contains /process/rlimits/1
expect_error_contains RLIMIT_NOSUCH
expect_error_contains /process/rlimits/3
expect_no_leftovers
