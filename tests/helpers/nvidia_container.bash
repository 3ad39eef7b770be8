# shellcheck shell=bash
# For tests in which a runtime runs a container with our hook, on top of nvidia.bash: a bundle whose rootfs is
# a Debian's in what matters (its loader and its directories), the hook in its config, and what must be in it.
source "$(dirname "${BASH_SOURCE[0]}")/nvidia.bash"

TRIPLET=/usr/lib/x86_64-linux-gnu

# gpu_bundle [STAGE [HOOK OPTION...]]: the bundle's hook is ours, called for STAGE. It gives all GPUs unless options
# say otherwise. Not by the annotation: our runtime would heed that itself.
gpu_bundle() {
  local stage=${1:-createContainer} options=("${@:2}")
  [ $# -gt 1 ] || options=(--gpus all)
  new_bundle
  mkdir -p "$ROOTFS$TRIPLET" "$ROOTFS/lib64" "$ROOTFS/run"
  cp /lib64/ld-linux-x86-64.so.2 "$ROOTFS/lib64/"
  cp /lib/x86_64-linux-gnu/libc.so.6 "$ROOTFS$TRIPLET/"
  config '.hooks[$stage] = [{path: $hook, args: (["ocirt-nvidia-hook", "--host", $host, "--driver-root", $host]
      + $options + [$stage]), env: ["PATH=/usr/bin:/bin"]}]' \
    --arg stage "$stage" --arg hook "$NVIDIA_HOOK" --arg host "$WORK/host" \
    --argjson options "$(jq -nc '$ARGS.positional' --args -- "${options[@]}")"
  # Rules as engines write them: nothing but what is granted.
  config '.linux.resources.devices = [{allow: false, access: "rwm"}]'
}

# For createContainer: in the container's own cgroup, a hook can allow itself nothing.
allow_gpus_in_config() {
  config '.linux.resources.devices += [{allow: true, type: "c", major: 195, access: "rw"},
    {allow: true, type: "c", major: 511, access: "rw"}]'
}

# What the payload of a test prints: which nodes can be opened (a driver that is not there answers ENXIO), what
# the libraries are, and who is the one that the loader finds.
# shellcheck disable=SC2034  # for tests
GPU_PROBE='
  for node in /dev/nvidiactl /dev/nvidia0 /dev/nvidia1 /dev/nvidia-uvm; do
    if error=$( (: <$node) 2>&1); then error=opened; fi
    echo "$node ${error##*: }"
  done
  echo "libcuda $(readlink -f /usr/lib/x86_64-linux-gnu/libcuda.so)"
  nvidia-smi
  (: >>/usr/bin/nvidia-smi) 2>/dev/null && echo "nvidia-smi can be written to"
  grep -c " /usr/lib/x86_64-linux-gnu/lib[^ ]* ro,nosuid,nodev" /proc/self/mountinfo
'
expect_gpus_inside() {
  expect_status 0
  expect_stdout "/dev/nvidiactl No such device or address
/dev/nvidia0 No such device or address
/dev/nvidia1 No such device or address
/dev/nvidia-uvm No such device or address
libcuda $TRIPLET/libcuda.so.580.159.03
fake nvidia-smi
6"
}
