#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# "Runtimes MUST ignore unknown properties."
new_bundle
payload echo ok
config '.future = {a: [1, {b: null}]} | .process.future = 1 | .linux.future = "x" | .mounts[0].future = true'
run_container
expect_status 0
expect_stdout ok
