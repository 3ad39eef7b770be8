#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload pwd
config '.process.cwd = "/made/for/this"'
run_container
expect_status 0
expect_stdout /made/for/this
