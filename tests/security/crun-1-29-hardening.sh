#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# What crun 1.28 and 1.29 fixed without an advisory: ids, cgroups of exec, chains of symlinks, many mappings.
new_bundle
make_canary
for id in .. . a/b "" ../../canary/x; do
  ocirt create --bundle "$BUNDLE" "$id"
  expect_failure
  ocirt delete --force "$id"
  ocirt state "$id"
  expect_failure
done
expect_canary_unchanged
payload sleep 1000
start_container
if [ "$(id -u)" = 0 ]; then
  for path in ../../x .. ../../../../tmp pids:../x; do
    ocirt exec --cgroup "$path" "$ID" cat /proc/self/cgroup
    case $STDOUT in *"/..") fail "left the container's cgroup" ;; esac
    [ "$STATUS" != 0 ] || grep -q "$ID" <<<"$STDOUT" || fail "left the container's cgroup by $path"
  done
fi
ocirt delete --force "$ID"
# 41 symlinks, whose targets are as long as they may be.
mkdir -p "$ROOTFS/chain"
dots=$(printf '../chain/%.0s' {1..400})
for i in {0..40}; do ln -s "$dots$((i + 1))" "$ROOTFS/chain/$i"; done
config '.process.cwd = "/chain/0"'
payload true
run_container # where a chain ends may be made, or refused
[ "$STATUS" -le 1 ] || fail "a long chain of symlinks as the working directory"
config '.process.cwd = "/"'
add_mount /chain/0/x tmpfs tmpfs
run_container
[ "$STATUS" -le 1 ] || fail "a long chain of symlinks to a mount"
expect_canary_unchanged
expect_no_leftovers
