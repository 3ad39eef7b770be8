#!/bin/bash
# An image's NVIDIA_VISIBLE_DEVICES grants nothing; whoever installs the hook may decide otherwise.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"

# expect_nodes NUMBER VARIABLE HOOK-OPTION...
expect_nodes() {
  gpu_bundle prestart "${@:3}"
  config '.process.env += [$variable]' --arg variable "$2"
  payload sh -c 'ls /dev | grep -c nvidia'
  run_container
  expect_stdout "$1"
  rm -rf "$BUNDLE"
}
expect_nodes 0 NVIDIA_VISIBLE_DEVICES=all --hook-free # an option that means nothing here
expect_nodes 5 NVIDIA_VISIBLE_DEVICES=all --trust-environment
expect_nodes 4 NVIDIA_VISIBLE_DEVICES=1 --trust-environment
expect_nodes 0 NVIDIA_VISIBLE_DEVICES=void --gpus all # somebody else gave them, by CDI

# What can't be had is an error that the engine shows.
gpu_bundle prestart --gpus 7
payload true
run_container
expect_error_contains "there is no GPU 7"
