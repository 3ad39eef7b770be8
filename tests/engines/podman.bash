# shellcheck shell=bash
# For tests in which podman drives the runtime under test, as root.
#
#   source "$(dirname "$0")/podman.bash"
#   pod_run --rm -- echo hello    podman run, of busybox and without network
#   expect_stdout hello
#   pod inspect ...               any other command of podman
#
# Storage, state and configuration are the test's own. Both calls keep STATUS, STDOUT and STDERR.
source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
need_command podman
need_command conmon

IMAGE=localhost/busybox
PODMAN=(podman --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs --runtime "$OCIRT")

# Podman's default of the limits is higher than a host without CAP_SYS_RESOURCE may set.
write_podman_config() {
  cat >"$WORK/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "$WORK/tmp"
END
  export CONTAINERS_CONF=$WORK/containers.conf
}

import_image() {
  tar -C "$FIXTURE/rootfs" -cf "$WORK/image.tar" .
  "${PODMAN[@]}" import "$WORK/image.tar" "$IMAGE" &>"$WORK/import.log" ||
    fail "podman import: $(cat "$WORK/import.log")"
}

pod() {
  keep_output_of "${PREFIX[@]}" "${PODMAN[@]}" "$@"
}

# Options come first, then `-- COMMAND`.
pod_run() {
  split_at_dashes "$@"
  pod run --cgroup-parent "/$TAG" "${OPTIONS[@]}" "$IMAGE" "${WORDS[@]}"
}

# pod_start [OPTION...] -- COMMAND leaves a container that runs; CID is its id.
pod_start() {
  pod_run --detach "$@"
  expect_status 0
  CID=$STDOUT
}

inspected() {
  "${PODMAN[@]}" inspect --format "$1" "${2:-$CID}"
}

has_podman_status() {
  [ "$(inspected '{{.State.Status}}')" = "$1" ]
}

no_process_of_podman() {
  ! pgrep -f "$WORK/(storage|run|tmp)" >/dev/null
}

# shellcheck disable=SC2317  # called at the end
clean_up_podman() {
  local status=$?
  trap - EXIT
  set +e
  "${PODMAN[@]}" rm --force --all --time 0 &>/dev/null
  # Each container's monitor runs podman once more after the container's end.
  eventually no_process_of_podman
  (exit "$status")
  clean_up
}

trap clean_up_podman EXIT
write_podman_config
import_image
