#!/bin/bash
# createContainer as root: the container's device filter forbids the GPU, and the hook says where else to go.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"
gpu_bundle createContainer
payload true
run_container
expect_error_contains "the container's device filter forbids"
expect_error_contains "install the hook for the stage prestart"
