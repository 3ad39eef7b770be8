#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
debian_rootfs
payload bash -c '. /etc/os-release; echo $ID; id -un'
become_user subids
run_container
expect_status 0
expect_stdout $'debian\nroot'
expect_no_leftovers
