#!/bin/bash
# What an administrator has set for NVIDIA's toolkit is heeded, where it means something here; the rest is named.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"
SETTINGS=$WORK/host/etc/nvidia-container-runtime/config.toml
mkdir -p "$(dirname "$SETTINGS")"

# gives NUMBER SETTING VARIABLE... : so many nodes, when the hook trusts the environment.
gives() {
  printf '%b\n' "$2" >"$SETTINGS"
  gpu_bundle prestart --trust-environment
  config '.process.env += $more' --argjson more "$(jq -nc '$ARGS.positional' --args -- "${@:3}")"
  [ -z "${MOUNT-}" ] || add_mount "/var/run/nvidia-container-devices/$MOUNT" bind /dev/null bind
  payload sh -c 'ls /dev | grep -c nvidia'
  run_container
  expect_stdout "$1"
  rm -rf "$BUNDLE"
}
ALL=NVIDIA_VISIBLE_DEVICES=all
gives 5 '' $ALL
gives 0 'accept-nvidia-visible-devices-envvar-when-unprivileged = false # by us' $ALL
gives 4 'swarm-resource = "DOCKER_RESOURCE_GPU, OTHER"' $ALL OTHER=0
gives 5 'swarm-resource = "DOCKER_RESOURCE_GPU"' $ALL
MOUNT=1
gives 5 '' $ALL
gives 4 'accept-nvidia-visible-devices-as-volume-mounts = true' $ALL
MOUNT=
gives 3 'supported-driver-capabilities = "utility"' $ALL NVIDIA_DRIVER_CAPABILITIES=all

fails_with() {
  printf '%b\n' "$2" >"$SETTINGS"
  gpu_bundle prestart --trust-environment
  config '.process.env += $more' --argjson more "$(jq -nc '$ARGS.positional' --args -- "${@:3}")"
  payload true
  run_container
  expect_error_contains "$1"
  rm -rf "$BUNDLE"
}
fails_with 'capabilities are asked for beyond "utility,compute"' 'supported-driver-capabilities = "utility,compute"' \
  $ALL NVIDIA_DRIVER_CAPABILITIES=video
fails_with "the image needs cuda>=99.1 (NVIDIA_REQUIRE_CUDA), and the host has driver 580.159.03 with CUDA 13.0" '' \
  $ALL NVIDIA_REQUIRE_CUDA='cuda>=99.1'
gives 5 'disable-require = true' $ALL NVIDIA_REQUIRE_CUDA='cuda>=99.1'
printf '[nvidia-container-cli]\nroot = "/run/driver"\n' >"$SETTINGS"
mkdir -p "$WORK/host/run/driver"
mv "$WORK/host/usr" "$WORK/host/run/driver/"
nvidia_hook() {
  keep_output_of "$NVIDIA_HOOK" --host "$WORK/host" "$@"
}
nvidia_hook plan
expect_status 0
expect_equal "$(jq -r '.mounts[0].source' <<<"$STDOUT")" "$WORK/host/run/driver$TRIPLET/libcuda.so.580.159.03" "the driver's root"

printf 'no-cgroups = true\n[nvidia-container-cli]\nroot = "/run/driver"\nno-cgroups = true\nldconfig = "@/sbin/ldconfig"\n' >"$SETTINGS"
nvidia_hook doctor
expect_status 0
expect_stdout_contains "note   /etc/nvidia-container-runtime/config.toml: nvidia-container-cli.no-cgroups: device rules are set"
expect_stdout_contains "nvidia-container-cli.ldconfig: ldconfig is not run"
