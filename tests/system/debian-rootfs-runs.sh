#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
debian_rootfs
payload bash -c '. /etc/os-release; echo $ID; dpkg --version | head -1; id -un'
run_container
expect_status 0
expect_stdout_contains debian
expect_stdout_contains dpkg
expect_stdout_contains root
expect_no_leftovers
