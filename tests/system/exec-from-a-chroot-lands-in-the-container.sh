#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Started in a chroot, a runtime that only pivots leaves the host's root above the container's, and
# exec, which joins the mount namespace, landed on the host.
need_root
new_bundle
payload sleep 100
touch "$ROOTFS/inside"
mkdir "$WORK/chroot"
unshare --mount --propagation private bash -c '
  mount --bind / "$1" && mount --rbind /proc "$1/proc" && mount --rbind /sys "$1/sys" &&
  mount --rbind /dev "$1/dev" && mount --rbind /tmp "$1/tmp" && shift && exec chroot "$@"' - \
  "$WORK/chroot" "$WORK/chroot" "$OCIRT" --root "$STATE_ROOT" run --detach --bundle "$BUNDLE" "$ID" \
  </dev/null >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
ocirt exec "$ID" test -e /inside
expect_status 0
ocirt exec "$ID" sh -c 'test ! -e /proc/1/root/home && ls /'
expect_status 0
ocirt delete --force "$ID"
expect_status 0
expect_no_leftovers
