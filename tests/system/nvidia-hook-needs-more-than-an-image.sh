#!/bin/bash
# An image's NVIDIA_VISIBLE_DEVICES grants nothing; whoever installs the hook may decide otherwise.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"

expect_nodes() {
  payload sh -c 'ls /dev | grep -c nvidia'
  run_container
  expect_stdout "$1"
}
gpu_bundle prestart
config 'del(.annotations) | .process.env += ["NVIDIA_VISIBLE_DEVICES=all"]'
expect_nodes 0

rm -rf "$BUNDLE"
gpu_bundle prestart --trust-environment
config 'del(.annotations) | .process.env += ["NVIDIA_VISIBLE_DEVICES=all"]'
expect_nodes 5

# Somebody else gave the GPUs, by CDI.
config '.annotations["io.ocirt.gpus"] = "all" | .process.env += ["NVIDIA_VISIBLE_DEVICES=void"]'
expect_nodes 0

# What can't be had is an error that the engine shows.
rm -rf "$BUNDLE"
gpu_bundle prestart
config '.annotations["io.ocirt.gpus"] = "7"'
payload true
run_container
expect_error_contains "there is no GPU 7"
