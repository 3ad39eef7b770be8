#!/bin/bash
# podman --device nvidia.com/gpu=...: it takes the specifications that we generate, with a hook and without.
source "$(dirname "$0")/podman.bash"
source "$TESTS/helpers/nvidia.bash"
nvidia_host "$WORK/host"
# podman 4 looks into /etc/cdi alone: its own /etc has one.
mkdir -p "$WORK"/{etc,work}
# shellcheck disable=SC2016  # expanded by the inner shell
PREFIX=(unshare --mount --propagation slave sh -c
  'mount -t overlay -o "lowerdir=/etc,upperdir=$0/etc,workdir=$0/work" overlay /etc && exec "$@"' "$WORK")
mkdir "$WORK/etc/cdi"

generate() {
  nvidia_hook cdi generate --output "$WORK/etc/cdi/nvidia.json" "$@"
  expect_status 0
}
SHOW='ls /dev | grep nvidia; (: </dev/nvidia0) 2>&1; nvidia-smi; readlink -f /usr/lib64/libcuda.so; echo $NVIDIA_VISIBLE_DEVICES'

generate
pod_run --rm --device nvidia.com/gpu=1 -- sh -c "$SHOW"
expect_status 0
expect_stdout $'nvidia-uvm\nnvidia-uvm-tools\nnvidia0\nnvidiactl
sh: can\'t open /dev/nvidia0: No such device or address\nfake nvidia-smi
/usr/lib64/libcuda.so.580.159.03\nvoid'

generate --hook-free
pod_run --rm --device nvidia.com/gpu=all -- sh -c "$SHOW"
expect_status 0
expect_stdout $'nvidia-uvm\nnvidia-uvm-tools\nnvidia0\nnvidia1\nnvidiactl
sh: can\'t open /dev/nvidia0: No such device or address\nfake nvidia-smi
/usr/lib64/libcuda.so\nvoid'
