# shellcheck shell=bash
# What the tests of containers share: an image with busybox in the store, and nothing left behind.
#
#   source "$(dirname "$0")/containers_lib.sh"
#   import_busybox
#   ocictl run --rm busybox true

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export OCICTL_RUNROOT=$WORK/run
NETWORK=${NETWORK:-none}

# An image localhost/busybox with a small root file system.
import_busybox() {
  mkdir -p "$WORK/tree"/{bin,etc,tmp,root,dev,proc,sys,run}
  cp "$(command -v busybox)" "$WORK/tree/bin/busybox"
  local name
  for name in sh true false echo cat sleep id ls touch rm env pwd stat kill tr head seq stty hostname readlink mount ps; do
    ln -s busybox "$WORK/tree/bin/$name"
  done
  chmod 1777 "$WORK/tree/tmp"
  echo 'root:x:0:0:root:/root:/bin/sh
web:x:1000:1000::/home/web:/bin/sh' >"$WORK/tree/etc/passwd"
  echo 'root:x:0:
web:x:1000:
video:x:44:web' >"$WORK/tree/etc/group"
  tar -C "$WORK/tree" -cf "$WORK/busybox.tar" .
  ocictl import -q "$WORK/busybox.tar" busybox
  expect_status 0
}

# ocictl run without a network, which most tests have no use for.
run() {
  ocictl run --network "$NETWORK" "$@"
}

# What no test may leave: containers.
remove_containers() {
  "${RUN_AS[@]}" "$OCICTL" --root "$STORE" rm --all --force --time 0 >/dev/null 2>&1 || true
}
# shellcheck disable=SC2034  # for lib.sh
STATE_ROOT=$OCICTL_RUNROOT/state
finish_test() {
  local status=$?
  set +e # a test that failed is cleaned up after, too
  remove_containers
  (exit "$status")
  clean_up
}
trap finish_test EXIT
