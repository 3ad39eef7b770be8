#!/bin/bash
# On a host that has no tree of cgroup v2: pausing, listing, killing, changing and deleting, all by v1.
source "$(dirname "$0")/../lib.sh"

need_root
[ -d /sys/fs/cgroup/unified ] && [ -d /sys/fs/cgroup/freezer ] || skip "the host is not hybrid"
if [ -z "${ALONE-}" ]; then
  ALONE=1 unshare --mount --propagation private bash "$0"
  exit
fi
umount /sys/fs/cgroup/unified
new_bundle
own_cgroup_path
without_namespace pid
payload sh -c 'sleep 1000 & i=0; while :; do i=$((i + 1)); echo $i >/count; done'
start_container
wait_until test -s "$ROOTFS/count"
grep -q '"v2":false' "$STATE_ROOT/$ID/state.json" || fail "no cgroup of v1"
if grep -q '"v2":true' "$STATE_ROOT/$ID/state.json"; then fail "a cgroup of v2"; fi

ocirt ps --format json "$ID"
expect_equal "$(jq length <<<"$STDOUT")" 2 "number of processes"
ocirt pause "$ID"
expect_status 0
has_status "$ID" paused || fail "status is not paused"
before=$(cat "$ROOTFS/count")
sleep 0.2 # a running payload would count on
expect_equal "$(cat "$ROOTFS/count")" "$before" "the count while paused"
ocirt update --pids-limit 33 --memory 64m --memory-swap 96m "$ID"
expect_status 0
expect_cgroup pids pids.max 33 pids.max none
ocirt resume "$ID"
expect_status 0
wait_until sh -c "[ \"\$(cat '$ROOTFS/count')\" != '$before' ]"
ocirt events --stats "$ID"
expect_equal "$(jq -c '.data | [.pids.limit, .memory.usage.limit, .memory.swap.limit]' <<<"$STDOUT")" \
  "[33,67108864,100663296]" statistics
ocirt pause "$ID"
expect_status 0
ocirt kill "$ID" KILL
expect_status 0
wait_for_status stopped
wait_until no_words live_container_pids
ocirt delete "$ID"
expect_status 0

new_bundle second
payload sleep 1000
start_container
ocirt pause "$ID"
expect_status 0
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
