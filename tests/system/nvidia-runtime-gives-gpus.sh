#!/bin/bash
# The annotation io.ocirt.gpus: our runtime gives the GPUs itself, without a hook.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
native_host

native_bundle all
# The strictest engine, and an image that says it wants all: the rules are ours to add.
config '.process.env += ["NVIDIA_VISIBLE_DEVICES=all"]'
payload sh -c "$GPU_PROBE"
run_container
expect_gpus_inside

payload sh -c 'echo $NVIDIA_VISIBLE_DEVICES; grep -c ld.so.cache /proc/self/mountinfo; grep -q /usr/lib/x86_64-linux-gnu/libcuda.so.1 /etc/ld.so.cache && echo listed'
run_container
expect_stdout $'void\n1\nlisted'

# Dry, and without a container: the plan names what would be given.
ocirt plan --bundle "$BUNDLE"
expect_status 0
expect_stdout_contains "/dev/nvidia1"
expect_stdout_contains "libcuda.so.580.159.03"

config '.annotations["io.ocirt.gpus"] = "7"'
run_container
expect_error_contains "there is no GPU 7"

config 'del(.annotations)'
payload sh -c 'ls /dev | grep -c nvidia'
run_container
expect_stdout 0
