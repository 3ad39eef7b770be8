#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload pwd
config '.process.cwd = "/usr/bin"'
run_container
expect_stdout /usr/bin
