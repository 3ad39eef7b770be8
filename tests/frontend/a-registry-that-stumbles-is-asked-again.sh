#!/bin/bash
# Busy servers and cut connections are tried again, from where they stopped; a rate limit is explained.
source "$(dirname "$0")/lib.sh"
make_simple_layout image 3000000

start_fake image --busy 2 --cut 1000000
ocictl pull -q "$REGISTRY/image"
expect_status 0
grep -q ' 206 ' "$FAKE/requests" || fail "it began again from the start: $(cat "$FAKE/requests")"
cmp "$WORK/image/file" "$(top_tree "$REGISTRY/image")/file"
ocictl rmi "$REGISTRY/image"

start_fake image --limit 2
ocictl pull "$REGISTRY/image"
expect_status 0
expect_stderr_has "retrying in 0s ... (2/3)"
ocictl rmi "$REGISTRY/image"

start_fake image --limit 100
ocictl pull "$REGISTRY/image"
expect_status 125
expect_stderr_has "You have reached your pull rate limit (limit 100)"
expect_stderr_has "hint: ocictl login $REGISTRY, or set a mirror in registries.conf"
