# shellcheck shell=bash
# For tests that drive podman with the runtime under test, as whoever we are.
set -euo pipefail
export LC_ALL=C
NAME=test-$$
# Our own copy of the guest's busybox: podman writes into a rootfs, and a plain user may do so only here.
ROOTFS=$(mktemp -d)
chmod 755 "$ROOTFS"
cp -r /srv/busybox/. "$ROOTFS"

pod() {
  podman --runtime "$OCIRT" --cgroup-manager "${CGROUP_MANAGER:-cgroupfs}" "$@"
}

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

expect() {
  [ "$1" = "$2" ] || fail "${3:-output}: expected '$2', got '$1'"
}

# podman run without network, of the busybox that the guest has. Options come first, then `-- COMMAND`.
pod_run() {
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  pod run --network none "${options[@]}" --rootfs "$ROOTFS" "$@"
}

# shellcheck disable=SC2317  # called at the end
clean_up() {
  local status=$?
  pod rm --force --time 0 "$NAME" >/dev/null 2>&1 || true
  podman unshare rm -rf "$ROOTFS" 2>/dev/null || rm -rf "$ROOTFS"
  exit "$status"
}
trap clean_up EXIT
