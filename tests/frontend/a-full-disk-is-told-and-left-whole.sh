#!/bin/bash
# What can't fit is refused before the first byte; what fills the disk on the way says so, and goes on when there is
# room; so with inodes.
source "$(dirname "$0")/lib.sh"
need_root
start_registry </dev/null
mkdir -p "$WORK"/{large,zeros,many}
head -c 30000000 /dev/urandom >"$WORK/large/file"
head -c 60000000 /dev/zero >"$WORK/zeros/file"
for number in $(seq 3000); do : >"$WORK/many/$number"; done
for name in large zeros many; do
  make_layout $name "$WORK/$name"
  push_layout $name
done
STORE=$WORK/small
mkdir "$STORE"
mount -t tmpfs -o size=20m,nr_inodes=1000 none "$STORE"

: >"$WORK/registry.log"
ocictl pull "$REGISTRY/large"
expect_status 125
expect_stderr_has "No space left on device"
expect_stderr_has "has 20 MiB free"
[ "$(requests | grep -c 'GET .*/blobs/')" = 1 ] || fail "it fetched more than the config: $(requests)"
ocictl pull "$REGISTRY/zeros"
expect_status 125
expect_stderr_has "No space left on device"
ocictl pull "$REGISTRY/many"
expect_status 125
expect_stderr_has "No space left on device"
ocictl images -q
expect_stdout ""
[ -z "$(ls "$STORE/layers")" ] || fail "half a layer was put in place"
mount -o remount,size=200m,nr_inodes=10000 "$STORE"
ocictl pull -q "$REGISTRY/large" "$REGISTRY/zeros" "$REGISTRY/many"
expect_status 0
ocictl image verify
expect_status 0
umount "$STORE"
