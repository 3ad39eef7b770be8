# shellcheck shell=bash
# For tests in which containerd drives the runtime under test, as root: by its shim for runc.
#
#   source "$(dirname "$0")/containerd.bash"
#   ctr_run --rm -- "$ID" echo hello    ctr run, of busybox
#   expect_stdout hello
#   client task ls                      any other command of ctr
#
# The daemon, its storage and its state are the test's own. Both calls keep STATUS, STDOUT and STDERR.
source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
need_command containerd
need_command ctr
need_command containerd-shim-runc-v2

IMAGE=docker.io/library/busybox:test
ID=$TAG

start_containerd() {
  cat >"$WORK/containerd.toml" <<END
version = 2
root = "$WORK/containerd"
state = "$WORK/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs"]
[grpc]
address = "$WORK/containerd.sock"
[ttrpc]
address = "$WORK/containerd.sock.ttrpc"
END
  # Shims inherit the mark, by which they are found at the end.
  OCIRT_TEST_MARK=$WORK containerd --config "$WORK/containerd.toml" &>"$WORK/containerd.log" &
  HELPER_PIDS+=($!)
  disown
  eventually ctr --address "$WORK/containerd.sock" version >/dev/null ||
    fail "containerd does not start: $(tail -3 "$WORK/containerd.log")"
}

import_image() {
  python3 "$TESTS/helpers/docker_archive.py" "$FIXTURE/rootfs" "$IMAGE" >"$WORK/image.tar"
  client image import --snapshotter native "$WORK/image.tar"
  expect_status 0
}

client() {
  keep_output_of "${PREFIX[@]}" ctr --address "$WORK/containerd.sock" "$@"
}

# Options come first, then `-- ID COMMAND`.
ctr_run() {
  split_at_dashes "$@"
  client run --snapshotter native --runc-binary "$OCIRT" --runc-root "$STATE_ROOT" \
    --cgroup "/$TAG/${WORDS[0]}" "${OPTIONS[@]}" "$IMAGE" "${WORDS[@]}"
}

# Leaves a container that sleeps.
ctr_start() {
  ctr_run --detach -- "$ID" sleep 1000
  expect_status 0
  [ -d "$STATE_ROOT/default/$ID" ] || fail "containerd does not use the runtime under test"
}

has_task_status() {
  [ "$(ctr --address "$WORK/containerd.sock" task ls | awk -v id="$ID" '$1 == id { print $3 }')" = "$1" ]
}

trap remove_shim_sockets EXIT
start_containerd
import_image
