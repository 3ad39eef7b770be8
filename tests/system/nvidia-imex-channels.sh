#!/bin/bash
# IMEX channels: granted by the user's imex=, never by an image alone.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
nvidia_host "$WORK/host"
echo "509 nvidia-caps-imex-channels" | sed -i '/^510/r /dev/stdin' "$WORK/host/proc/devices"
mkdir "$WORK/host/dev/nvidia-caps-imex-channels"
for channel in 0 2 1048575; do
  mknod -m 666 "$WORK/host/dev/nvidia-caps-imex-channels/channel$channel" c 509 $channel
done
native_host

channels() {
  native_bundle "$1"
  config '.process.env += $more' --argjson more "$(jq -nc '$ARGS.positional' --args -- "${@:2}")"
  payload sh -c 'ls /dev/nvidia-caps-imex-channels 2>/dev/null | paste -sd" "'
  run_container
  rm -rf "$BUNDLE"
}
channels all,imex=0,imex=1048575
expect_stdout "channel0 channel1048575"
channels '"device=0","imex=0,2"'
expect_stdout "channel0 channel2"
channels all NVIDIA_IMEX_CHANNELS=0
expect_stdout ""
case $STDERR in *"NVIDIA_IMEX_CHANNELS of the image grants nothing: ask for channels by imex=0"*) ;; *) fail "no warning" ;; esac
channels all,imex=1
expect_error_contains "there is no IMEX channel 1 here"
channels all,imex=all
expect_error_contains "imex=all: want the numbers of channels"

# The hook, where its owner trusts the environment.
gpu_bundle prestart --trust-environment
config '.process.env += ["NVIDIA_VISIBLE_DEVICES=0", "NVIDIA_IMEX_CHANNELS=2,all"]'
payload sh -c 'ls /dev/nvidia-caps-imex-channels'
run_container
expect_stdout channel2
