#!/bin/bash
# docker run with another container's network, ipc and pid namespaces, and with the host's.
source "$(dirname "$0")/docker.bash"
namespaces='for name in net ipc pid uts; do readlink /proc/self/ns/$name; done'
docker_start --ipc shareable -- sleep 1000
docker exec "$CID" sh -c "$namespaces"
mapfile -t theirs <<<"$STDOUT"
docker run --rm --network "container:$CID" --ipc "container:$CID" --pid "container:$CID" "$IMAGE" \
  sh -c "$namespaces; cat /proc/1/comm"
expect_status 0
mapfile -t ours <<<"$STDOUT"
expect_equal "${ours[*]:0:3}" "${theirs[*]:0:3}" namespaces
[ "${ours[3]}" != "${theirs[3]}" ] || fail "the uts namespace is shared, too"
expect_equal "${ours[4]}" sleep "the process with pid 1"
docker run --rm --network host --ipc host --pid host --uts host "$IMAGE" sh -c "$namespaces"
expect_status 0
expect_stdout "$(sh -c "$namespaces")"
