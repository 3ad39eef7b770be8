#!/bin/bash
# One clear line for each trouble, and one with the cure: the same sentences from the runtime, which gives GPUs
# itself, from the hook, and from doctor.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
HOST=$WORK/host

# expect_words SENTENCE HINT: `plan` of the hook, and a run of the runtime, say exactly this and nothing else.
expect_words() {
  nvidia_hook plan --rootfs "$ROOTFS"
  expect_status 1
  expect_equal "$STDERR" "ocirt-nvidia-hook: $1
  hint: $2" "the words of the hook"
  run_container
  expect_failure
  expect_equal "$STDERR" "ocirt: $1
  hint: $2" "the words of the runtime"
  nvidia_hook doctor --rootfs "$ROOTFS"
  expect_status 1
  expect_stdout_contains "wrong  $1"
}

mkdir -p "$HOST"/{usr,etc}
native_host
native_bundle all
payload true
expect_words "no NVIDIA driver is loaded (/proc/driver/nvidia/version is missing)" \
  'does `nvidia-smi` work on the host? `ocirt-nvidia-hook doctor` says what lacks'
rm -rf "$HOST"
nvidia_host "$HOST"

sed -i s/580.159.03/560.35.03/ "$HOST/proc/driver/nvidia/version"
expect_words "the loaded driver is 560.35.03, its libraries on this host are 570.124.06, 580.159.03" \
  "the driver was updated: reboot, or reload its modules"
sed -i s/560.35.03/580.159.03/ "$HOST/proc/driver/nvidia/version"

rm "$HOST/dev/nvidia-uvm"
NODE=/dev/nvidia-uvm
nvidia_hook plan --rootfs "$ROOTFS"
expect_equal "$STDERR" "ocirt-nvidia-hook: $HOST$NODE is missing
  hint: as root: \`nvidia-modprobe -u -c 0\`, or enable nvidia-persistenced" "a missing node"
run_container
expect_equal "$STDERR" "ocirt: $NODE is missing
  hint: as root: \`nvidia-modprobe -u -c 0\`, or enable nvidia-persistenced" "a missing node"
sed -i /nvidia-uvm/d "$HOST/proc/devices"
expect_words "the module nvidia-uvm is not loaded: CUDA needs it" \
  'as root: `nvidia-modprobe -u -c 0`; or ask for capabilities=utility alone'
echo "511 nvidia-uvm" | sed -i '/^510/r /dev/stdin' "$HOST/proc/devices"
mknod -m 666 "$HOST/dev/nvidia-uvm" c 511 0

rm "$ROOTFS/lib64/ld-linux-x86-64.so.2"
mkdir -p "$ROOTFS/lib"
touch "$ROOTFS/lib/ld-musl-x86_64.so.1"
expect_words "the image's C library is musl (Alpine), NVIDIA's libraries need glibc" \
  "take an image based on Debian, Ubuntu, Fedora, ..."
rm "$ROOTFS/lib/ld-musl-x86_64.so.1"
run_container
expect_status 0
expect_silence
