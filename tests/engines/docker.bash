# shellcheck shell=bash
# For tests in which docker drives the runtime under test, as root.
#
#   source "$(dirname "$0")/docker.bash"
#   docker_run --rm -- echo hello    docker run, of busybox and without network
#   expect_stdout hello
#   docker ps ...                    any other command of docker
#
# The daemon is the test's own, and so are its storage, its state and its containerd. Its configuration is
# docs/engines/docker/daemon.json. Both calls keep STATUS, STDOUT and STDERR.
source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
need_command dockerd
need_command containerd
need_command containerd-shim-runc-v2
[ -x /usr/bin/docker ] || skip "needs the command docker"

IMAGE=busybox:test
STATE_ROOT=$WORK/exec/runtime-runc/moby # where docker has the runtime keep its state
export DOCKER_CONFIG=$WORK/client DOCKER_BUILDKIT=0
DOCKER=(/usr/bin/docker --host "unix://$WORK/docker.sock")

# A test's own options of the daemon come before sourcing this file, in DOCKERD.
start_dockerd() {
  jq --arg path "$OCIRT" '.runtimes.ocirt.path = $path' "$TESTS/../docs/engines/docker/daemon.json" \
    >"$WORK/daemon.json"
  # A host without CAP_SYS_RESOURCE can't raise limits, so that they have to be named. Everything that is
  # started inherits the mark, by which it is found at the end.
  OCIRT_TEST_MARK=$WORK dockerd --config-file "$WORK/daemon.json" --host "unix://$WORK/docker.sock" \
    --data-root "$WORK/data" --exec-root "$WORK/exec" --pidfile "$WORK/dockerd.pid" --storage-driver vfs \
    --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$TAG" \
    --default-ulimit nofile=1024:1024 --bridge none --iptables=false --ip6tables=false --ip-forward=false \
    "${DOCKERD[@]}" &>"$WORK/dockerd.log" &
  DAEMON=$!
  HELPER_PIDS+=("$DAEMON")
  disown
  eventually "${DOCKER[@]}" version >/dev/null ||
    fail "dockerd does not start: $(tail -3 "$WORK/dockerd.log")"
}

import_image() {
  tar -C "$FIXTURE/rootfs" -c . | "${DOCKER[@]}" import --change 'ENV PATH=/bin' - "$IMAGE" \
    &>"$WORK/import.log" || fail "docker import: $(cat "$WORK/import.log")"
}

docker() {
  keep_output_of "${PREFIX[@]}" "${DOCKER[@]}" "$@"
}

# Options come first, then `-- COMMAND`.
docker_run() {
  split_at_dashes "$@"
  docker run --network none "${OPTIONS[@]}" "$IMAGE" "${WORDS[@]}"
}

# docker_start [OPTION...] -- COMMAND leaves a container that runs; CID is its id.
docker_start() {
  docker_run --detach "$@"
  expect_status 0
  CID=$STDOUT
}

inspected() {
  "${DOCKER[@]}" inspect --format "$1" "${2:-$CID}"
}

has_docker_status() {
  [ "$(inspected '{{.State.Status}}')" = "$1" ]
}

logs_say() {
  "${DOCKER[@]}" logs "$CID" 2>&1 | grep -qx "$1"
}

# The file of the container's cgroup, whatever the layout of the host.
cgroup_file() {
  find /sys/fs/cgroup -path "*/$TAG/$CID/$1" 2>/dev/null | head -n 1
}

daemon_is_gone() {
  ! kill -0 "$DAEMON"
}

# shellcheck disable=SC2317  # called at the end
clean_up_docker() {
  local status=$?
  trap - EXIT
  set +e
  "${DOCKER[@]}" ps --all --quiet 2>/dev/null | xargs --no-run-if-empty "${DOCKER[@]}" rm --force &>/dev/null
  kill -TERM "$DAEMON" 2>/dev/null && eventually daemon_is_gone
  (exit "$status")
  clean_up
}


trap clean_up_docker EXIT
start_dockerd
import_image
