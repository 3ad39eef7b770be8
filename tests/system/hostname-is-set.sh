#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload hostname
config '.hostname = "a-name.example"'
run_container
expect_stdout a-name.example
