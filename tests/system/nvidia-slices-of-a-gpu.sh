#!/bin/bash
# MIG: a slice is its GPU's node and two capabilities; nobody but root may reshape the GPU.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
nvidia_host "$WORK/host" mig=yes

devices_of() {
  nvidia_hook plan --gpus "$1"
  expect_status 0
  jq -r '.devices[].path' <<<"$STDOUT" | paste -sd' '
}
SHARED="/dev/nvidiactl /dev/nvidia-uvm /dev/nvidia-uvm-tools"
CAP=/dev/nvidia-caps/nvidia-cap
expect_equal "$(devices_of 0:1)" "$SHARED /dev/nvidia1 ${CAP}21 ${CAP}22" "the second slice"
expect_equal "$(devices_of 0)" "$SHARED /dev/nvidia1 ${CAP}12 ${CAP}13 ${CAP}21 ${CAP}22" "the whole GPU"
nvidia_hook plan --gpus 0:2
expect_error_contains "there is no slice 0:2"
nvidia_hook plan --gpus MIG-8a6b
expect_error_contains "such as 0:1"
