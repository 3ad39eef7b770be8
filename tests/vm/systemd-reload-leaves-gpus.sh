#!/bin/bash
# daemon-reload while a container has GPUs that the annotation io.ocirt.gpus gave: they can still be opened, also
# by a process that comes later, and after an update of the container.
# As: root
source "$(dirname "$0")/systemd.bash"
source "$TESTS/helpers/nvidia_native.bash"
# The guest has no compiler, and devices alone need no libraries.
nvidia_library() {
  : >"$1"
}
native_host gpus=1
GLOBALS+=(--systemd-cgroup)
systemd_bundle
config '.annotations["io.ocirt.gpus"] = "all,capabilities=utility" | .linux.resources.devices = [{allow: false, access: "rwm"}]'
payload sleep 1000
start_container
# shellcheck disable=SC2034  # for lib.sh
RUN_AS=()

# A node of a driver that is not there answers ENXIO, if the container may open it.
expect_gpu() {
  local node
  for node in nvidia0 nvidiactl; do
    ocirt exec "$ID" sh -c ": </dev/$node"
    expect_error_contains "No such device or address"
  done
}
expect_gpu
for _ in 1 2 3; do
  systemctl daemon-reload
  expect_gpu
done
systemctl set-property --runtime "$UNIT" MemoryHigh=100M
expect_gpu
ocirt update --memory 200000000 "$ID"
expect_status 0
expect_gpu
ocirt delete --force "$ID"
expect_no_unit
