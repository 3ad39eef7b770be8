#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The limit of reservations too: else mmap works, and the first touch is fatal.
need_root
ocirt_only "runc 1.1.5 and crun set the limit of usage alone"
new_bundle
payload sleep 1000
size=$(ls /sys/kernel/mm/hugepages 2>/dev/null | sed -n 's/^hugepages-\([0-9]*\)kB$/\1/p' | sort -n | head -1)
[ -n "$size" ] || skip "no huge pages here"
size=$((size / 1024))MB
config '.linux.resources.hugepageLimits = [{pageSize: $size, limit: 4194304}]' --arg size "$size"
ocirt create --bundle "$BUNDLE" "$ID"
[ "$STATUS" = 0 ] || { grep -q hugetlb <<<"$STDERR" && skip "no hugetlb controller here: $STDERR"; }
expect_status 0
path=$(awk -F: '$2 == "hugetlb" { print $3 }' "/proc/$(container_pid)/cgroup")
file=.limit_in_bytes dir=/sys/fs/cgroup/hugetlb$path
if [ -z "$path" ]; then
  file=.max
  dir=$(find /sys/fs/cgroup -type d -path "*$ID*" -exec test -e '{}/hugetlb.'"$size.max" \; -print -quit)
fi
expect_equal "$(cat "$dir/hugetlb.$size$file")" 4194304 "limit of usage"
[ ! -e "$dir/hugetlb.$size.rsvd$file" ] || expect_equal "$(cat "$dir/hugetlb.$size.rsvd$file")" 4194304 "limit of reservations"
