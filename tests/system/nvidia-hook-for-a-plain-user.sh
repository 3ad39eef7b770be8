#!/bin/bash
# A plain user's container gets the GPUs, without any right of root: no device cgroup, no mknod, no ldconfig.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root # to make the nodes; the runtime is called by a plain user
cp "$NVIDIA_HOOK" "$WORK/hook" && NVIDIA_HOOK=$WORK/hook # the checkout may lie below a closed directory
nvidia_host "$WORK/host"
user_bundle() {
  gpu_bundle "$1"
  config 'del(.linux.resources)'
  payload sh -c "$GPU_PROBE"
  become_user "$2"
  chown -R 0:0 "$WORK/host"
}
for ids in single subids; do
  user_bundle createContainer $ids
  run_container
  expect_gpus_inside
  rm -rf "$BUNDLE"
done

# Ours and crun let nobody without rights over the host look at their containers.
case $("$OCIRT" --version 2>&1) in *runc*) exit 0 ;; esac
user_bundle prestart subids
run_container
expect_error_contains "install the hook for the stage createContainer"
