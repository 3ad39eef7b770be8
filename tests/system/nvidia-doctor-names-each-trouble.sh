#!/bin/bash
# ocirt-nvidia-hook doctor: one line for each trouble of a host, and its cure.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root

expect_trouble() {
  nvidia_hook doctor "${@:2}"
  expect_status 1
  expect_stdout_contains "$1"
  expect_equal "$(grep -c ^wrong <<<"$STDOUT")" 1 "number of troubles"
}

mkdir "$WORK/host"
expect_trouble "no NVIDIA driver is loaded"

nvidia_host "$WORK/host"
nvidia_hook doctor
expect_status 0

rm "$WORK/host/dev/nvidia-uvm"
expect_trouble "/dev/nvidia-uvm is missing"
expect_stdout_contains "nvidia-modprobe -u -c 0"
nvidia_hook plan
expect_error_contains "nvidia-uvm is missing"
nvidia_hook plan --gpus all,capabilities=utility
expect_status 0
sed -i /nvidia-uvm/d "$WORK/host/proc/devices"
expect_trouble "the module nvidia-uvm is not loaded"
echo "511 nvidia-uvm" | sed -i '/^510/r /dev/stdin' "$WORK/host/proc/devices"
mknod -m 666 "$WORK/host/dev/nvidia-uvm" c 511 0

# A node from before the last boot, when the major was another.
sed -i 's/^511 nvidia-uvm/509 nvidia-uvm/' "$WORK/host/proc/devices"
expect_trouble "is not the driver's device 509:0"
sed -i 's/^509 nvidia-uvm/511 nvidia-uvm/' "$WORK/host/proc/devices"

mkdir -p "$WORK/alpine/lib"
touch "$WORK/alpine/lib/ld-musl-x86_64.so.1"
expect_trouble "the image's C library is musl" --rootfs "$WORK/alpine"

# The driver was updated, its module wasn't reloaded.
sed -i s/580.159.03/560.35.03/ "$WORK/host/proc/driver/nvidia/version"
nvidia_hook doctor
expect_status 1
expect_stdout_contains "the loaded driver is 560.35.03, its libraries on this host are 570.124.06"
nvidia_hook plan
expect_error_contains "reboot, or reload its modules"
