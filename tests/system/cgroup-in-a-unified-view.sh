#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# On a hybrid host, show the runtime cgroup2 alone, in a mount namespace of this test.
need_root
[ -e /sys/fs/cgroup/unified/cgroup.procs ] || skip "the host is not hybrid"
ocirt_only "runc takes no mount namespace of ours for unified" 
new_bundle
payload sh -c 'cat /proc/self/cgroup | grep ^0::; head -c1 </dev/zero | wc -c; mknod /dev/c c 240 7; cat </dev/c'
config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
RUN_AS=(unshare --mount --propagation private sh -c 'umount -l -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' -)
run_container
grep -q "$ID" <<<"$STDOUT" || fail "not in a cgroup of its own: $STDOUT"
grep -q "not permitted" <<<"$STDERR" || fail "no device filter"
expect_no_leftovers
