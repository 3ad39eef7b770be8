#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Allowed since 1.2 of the specification: taken as from the root.
new_bundle
payload sh -c 'grep -c " /made/here tmpfs\| /made/here rw" /proc/self/mountinfo; ls -d /made/here'
add_mount made/here tmpfs tmpfs
run_container
expect_status 0
expect_stdout_contains /made/here
