#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
make_canary
config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"])'
payload sh -c 'grep -c canary /proc/self/mountinfo; ls /..; cd /; umount -l / 2>/dev/null; ls / | head -3'
run_container
expect_stdout_lacks canary
expect_equal "$(head -1 <<<"$STDOUT")" 0 "mounts of the host"
expect_stdout_lacks work
