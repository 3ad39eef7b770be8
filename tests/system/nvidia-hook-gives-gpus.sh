#!/bin/bash
# The hook gives GPUs in each of its stages: by our runtime, by runc and by crun.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"

# crun refuses a hybrid cgroup layout: it gets a unified one of its own.
crun_on_cgroup2() {
  unshare -m sh -c 'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' sh crun --root "$STATE_ROOT" "$@"
}

gpus_by() {
  local runtime=$1 stage
  for stage in prestart createRuntime createContainer; do
    gpu_bundle $stage
    [ $stage != createContainer ] || allow_gpus_in_config
    # crun loads no filter where it may not raise RLIMIT_MEMLOCK; and one of v2 can't be changed behind its back.
    [ "$runtime" != crun_on_cgroup2 ] || config 'del(.linux.resources)'
    payload sh -c "$GPU_PROBE"
    case $runtime in
      ours) run_container ;;
      *) keep_output_of "$runtime" run --bundle "$BUNDLE" "$ID" ;;
    esac
    expect_gpus_inside
    rm -rf "$BUNDLE"
  done
}

runc_here() {
  runc --root "$STATE_ROOT" "$@"
}

gpus_by ours
case $("$OCIRT" --version 2>&1) in
  ocirt\ *) ;;
  *) exit 0 ;; # a peer under test: once is enough
esac
! command -v runc >/dev/null || gpus_by runc_here
! command -v crun >/dev/null || gpus_by crun_on_cgroup2
