#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'find /sys/fs/cgroup -name cgroup.procs -maxdepth 3 | head -50 | xargs cat | sort -u | wc -l; touch /sys/fs/cgroup/x 2>/dev/null && echo writable; mkdir /sys/fs/cgroup/pids/x 2>/dev/null && echo writable'
add_mount /sys/fs/cgroup cgroup cgroup nosuid noexec nodev relatime ro
run_container
[ "$(head -1 <<<"$STDOUT")" -ge 1 ] || fail "no process in any cgroup file"
expect_stdout_lacks writable
