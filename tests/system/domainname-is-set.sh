#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
new_bundle
payload cat /proc/sys/kernel/domainname
config '.domainname = "example.org"'
run_container
expect_stdout example.org
