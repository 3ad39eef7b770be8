#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc cites nothing"
new_bundle
config '.process.args = "echo"'
run_container
expect_error_matches '(config|config-linux|runtime)(\.md)?#'
