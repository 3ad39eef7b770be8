#!/bin/bash
# podman --annotation io.ocirt.gpus=all: with our file for hooks.d a container gets the GPUs, without the
# annotation it does not, whatever its image says.
source "$(dirname "$0")/podman.bash"
source "$TESTS/helpers/nvidia.bash"
need_command runc
PODMAN+=(--runtime runc) # ours heeds the annotation itself
nvidia_host "$WORK/host"
mkdir "$WORK/hooks.d"
jq --arg hook "$NVIDIA_HOOK" --arg host "$WORK/host" \
  '.hook.path = $hook | .hook.args = [.hook.args[0], "--host", $host, "--driver-root", $host] + .hook.args[1:]' \
  "$TESTS/../hooks/nvidia/hooks.d/ocirt-nvidia.json" >"$WORK/hooks.d/ocirt-nvidia.json"
PODMAN+=(--hooks-dir "$WORK/hooks.d")

pod_run --rm --annotation io.ocirt.gpus=1 -- sh -c 'ls /dev | grep nvidia; (: </dev/nvidia0) 2>&1; nvidia-smi'
expect_status 0
expect_stdout $'nvidia-uvm\nnvidia-uvm-tools\nnvidia0\nnvidiactl
sh: can\'t open /dev/nvidia0: No such device or address\nfake nvidia-smi'

pod_run --rm --env NVIDIA_VISIBLE_DEVICES=all -- sh -c 'ls /dev | grep -c nvidia'
expect_stdout 0
