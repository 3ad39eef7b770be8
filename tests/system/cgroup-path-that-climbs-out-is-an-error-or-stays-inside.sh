#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.linux.cgroupsPath = "/../../\($tag)-climb"' --arg tag "$TAG"
ocirt create --bundle "$BUNDLE" "$ID"
if [ "$STATUS" = 0 ]; then
  grep -q '\.\.' "/proc/$(container_pid)/cgroup" && fail "a path with dots: $(cat "/proc/$(container_pid)/cgroup")"
  ocirt delete --force "$ID"
fi
[ ! -e "/sys/$TAG-climb" ] && [ ! -e "/sys/fs/$TAG-climb" ] || fail "made outside"
expect_no_leftovers
