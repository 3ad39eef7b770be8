#!/bin/bash
# The same images, where the runtime itself gives the GPUs, and where it does what NVIDIA's hooks of CDI ask for:
# nothing of the host is touched or shown (CVE-2024-0132, -0133, -0134, CVE-2025-23359, CVE-2025-23267,
# CVE-2026-24260), nothing of the host is run (CVE-2024-0135, -0136, -0137), no hook gets a word of the image's
# environment (CVE-2025-23266), and an image's own wish for GPUs is none.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
native_host
make_canary
source "$TESTS/helpers/nvidia_attacks.bash"
HOST_BEFORE=$(snapshot_tree "$WORK/host/usr")

# attack PREPARE [MAKE-BUNDLE WORD]: runs a container of an image that the function has prepared.
attack() {
  "${2:-native_bundle}" "${3:-all}"
  attack_bundle "$1"
}

for prepare in "${HARMLESS_ATTACKS[@]}"; do
  attack "$prepare"
  expect_stdout_contains "fake nvidia-smi"
  expect_stdout_contains "seen: 0"
done
for prepare in "${OTHER_ATTACKS[@]}"; do attack "$prepare"; done
for _ in 1 2 3 4 5; do attack links_change_meanwhile; done

# The hooks of NVIDIA's specifications, with words that lead out of a hostile image.
mkdir "$WORK/cdi"
cat >"$WORK/cdi/nvidia.yaml" <<END
cdiVersion: 0.7.0
kind: nvidia.com/gpu
devices:
- {name: all, containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}}
containerEdits:
  mounts: [{hostPath: $WORK/host/usr/bin/nvidia-smi, containerPath: /usr/bin/nvidia-smi, options: [ro, bind]},
    {hostPath: $WORK/host$TRIPLET/libcuda.so.580.159.03, containerPath: $TRIPLET/libcuda.so.580.159.03, options: [ro, bind]}]
  hooks:
  - {hookName: createContainer, path: /no/nvidia-cdi-hook, args: [nvidia-cdi-hook, create-symlinks, --link,
      "x::/opt/leads/out/new", --link, "x::/opt/leads/f", --link, "x::/opt/../../../../$CANARY/new2"]}
  - {hookName: createContainer, path: /no/nvidia-cdi-hook, args: [nvidia-cdi-hook, update-ldcache, --folder, $TRIPLET]}
  - {hookName: createContainer, path: /no/nvidia-cdi-hook, args: [nvidia-cdi-hook, enable-cuda-compat, --host-driver-version=580.159.03]}
  - {hookName: createContainer, path: /no/nvidia-cdi-hook, args: [nvidia-cdi-hook, disable-device-node-modification]}
END
links_lead_out() {
  mkdir "$ROOTFS/opt"
  ln -s "$CANARY" "$ROOTFS/opt/leads"
}
for prepare in "${HARMLESS_ATTACKS[@]}" "${OTHER_ATTACKS[@]}" links_lead_out links_change_meanwhile; do
  attack "$prepare" device_bundle nvidia.com/gpu=all
done

# A hook that is run gets its own environment, and the host's root, whatever the image says.
cat >"$WORK/cdi/other.yaml" <<END
cdiVersion: 0.3.0
kind: vendor.com/hook
devices:
- name: all
  containerEdits: {hooks: [{hookName: createContainer, path: $WORK/spy, args: [spy]}, {hookName: createRuntime, path: $WORK/spy, args: [spy]}]}
END
printf '#!/bin/sh\ntr "\\0" "\\n" </proc/self/environ >>%s\n' "$WORK/spied" >"$WORK/spy"
chmod 755 "$WORK/spy"
device_bundle vendor.com/hook=all
config '.process.env += ["LD_PRELOAD=/proc/self/cwd/evil.so", "LD_AUDIT=evil.so", "GLIBC_TUNABLES=x=y"]'
payload true
run_container
expect_status 0
expect_equal "$(sort -u "$WORK/spied")" PATH=/usr/sbin:/usr/bin:/sbin:/bin "the environment of hooks"
