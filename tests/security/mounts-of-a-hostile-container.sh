#!/bin/bash
# Mounts that are added to or removed from a container whose processes change its names: the host's files stay as
# they are, the container's /proc can't be covered over a link, and nothing that hides files is taken away.
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "runc has no such verb"

make_canary
mkdir "$WORK/host"
new_bundle
ln -s "$CANARY/empty" "$ROOTFS/absolute"
ln -s ../../../../../../../../../../../.."$CANARY"/empty "$ROOTFS/dots"
ln -s /proc/1/root/../.. "$ROOTFS/magic"
ln -s /proc/self/attr "$ROOTFS/attr"
ln -s /proc "$ROOTFS/other"
ln -s /proc/sys "$ROOTFS/mask"
payload sleep 1000
start_container
mount_on() {
  printf '[{"destination": "%s", "type": "bind", "source": "%s", "options": ["rbind"]}]' "$1" "$WORK/host" >"$WORK/mounts.json"
  ocirt mounts "${2:-add}" "$ID" "$WORK/mounts.json"
}

# Below the container's root, wherever the link says.
mount_on /absolute/x
expect_status 0
[ -d "$ROOTFS$CANARY/empty/x" ] || fail "not made below the rootfs"
mount_on /dots/y
expect_status 0
mount_on /magic/z
expect_failure
expect_canary_unchanged
expect_equal "$(mounts_below_work)" "" "mounts on the host"

# Never into a procfs that the path doesn't name.
mount_on /attr # whose "self" is nobody in there
expect_failure
for path in /other /other/sys /mask; do
  mount_on $path
  expect_error_contains "leads into a procfs"
done

# What hides the host's kernel from it is named, or it stays.
before=$(grep -c " /proc/sys " "/proc/$(container_pid)/mountinfo")
mount_on /mask remove
expect_error_contains "symbolic link"
mount_on /other/sys remove
expect_error_contains "symbolic link"
expect_equal "$(grep -c " /proc/sys " "/proc/$(container_pid)/mountinfo")" "$before" "mounts on /proc/sys"

# A name that is now a directory and now a link out.
mkdir "$ROOTFS/race" "$ROOTFS/race/a"
ln -s "$CANARY/empty" "$ROOTFS/race/b"
start_racer "$ROOTFS/race/a" "$ROOTFS/race/b"
for _ in {1..40}; do
  mount_on /race/a/new
  mount_on /race/a/new remove
done
expect_canary_unchanged
expect_equal "$(mounts_below_work)" "" "mounts on the host"
