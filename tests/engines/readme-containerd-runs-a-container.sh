#!/bin/bash
# The README's line for containerd.
source "$(dirname "$0")/readme.bash"
for command in containerd ctr containerd-shim-runc-v2; do need_command "$command"; done
configure containerd/config.toml <"$ENGINES/containerd/config.toml"
enter_world
OCIRT_TEST_MARK=$WORK containerd &>"$WORK/containerd.log" &
HELPER_PIDS+=($!)
disown
eventually ctr version >/dev/null || fail "containerd does not start: $(tail -3 "$WORK/containerd.log")"
python3 "$TESTS/helpers/docker_archive.py" "$FIXTURE/rootfs" docker.io/library/busybox:latest >"$WORK/image.tar"
ctr image import "$WORK/image.tar" >"$WORK/import.log"
# ctr gives up opening the pipes of a container that is over, so that it may lose what a quick one prints.
for _ in 1 2 3; do
  do_as_written 'ctr run'
  expect_status 0
  [ -z "$STDOUT" ] || break
done
expect_stdout hello
remove_cgroup default
