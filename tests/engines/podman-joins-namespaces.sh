#!/bin/bash
# podman run with another container's network, ipc and pid namespaces.
source "$(dirname "$0")/podman.bash"
namespaces='for name in net ipc pid uts; do readlink /proc/self/ns/$name; done'
pod_start --ipc shareable -- sleep 1000
first=$CID
pod exec "$first" sh -c "$namespaces"
expect_status 0
mapfile -t theirs <<<"$STDOUT"
pod_run --rm --network "container:$first" --ipc "container:$first" --pid "container:$first" -- \
  sh -c "$namespaces; cat /proc/1/comm"
expect_status 0
mapfile -t ours <<<"$STDOUT"
expect_equal "${ours[*]:0:3}" "${theirs[*]:0:3}" namespaces
[ "${ours[3]}" != "${theirs[3]}" ] || fail "the uts namespace is shared, too"
expect_equal "${ours[4]}" sleep "the process with pid 1"
