#!/bin/bash
# A specification of CDI as nvidia-ctk writes it: our runtime does what its hooks would do, and runs none of
# NVIDIA's programs. The same where an engine has put such hooks into the config. A hook that is new to us runs.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
native_host
LIBRARIES=$WORK/host$TRIPLET
VERSION=580.159.03
mkdir "$WORK/cdi" "$WORK/bin"
printf '#!/bin/sh\necho "$*" >>%s\n' "$WORK/ran" >"$WORK/bin/nvidia-cdi-hook"
chmod 755 "$WORK/bin/nvidia-cdi-hook"
cp "$WORK/bin/nvidia-cdi-hook" "$WORK/bin/nvidia-ctk"

# specification MAJOR: of uvm, as versions since 1.19.1 have it baked in.
specification() {
  cat >"$WORK/cdi/nvidia.yaml" <<END
---
cdiVersion: 0.7.0
containerEdits:
  deviceNodes:
  - path: /dev/nvidiactl
  - {path: /dev/nvidia-uvm, major: $1, minor: 0}
  env:
  - NVIDIA_VISIBLE_DEVICES=void
  - NVIDIA_CTK_LIBCUDA_DIR=$TRIPLET
  hooks:
  - args: [nvidia-cdi-hook, create-symlinks, --link, libcuda.so.1::$TRIPLET/libcuda.so, --link, ../x::/opt/new/y]
    env: [NVIDIA_CTK_DEBUG=false]
    hookName: createContainer
    path: $WORK/bin/nvidia-cdi-hook
  - {args: [nvidia-ctk, hook, update-ldcache, --folder, $TRIPLET, --ldconfig-path=/sbin/ldconfig.real], hookName: createContainer, path: $WORK/bin/nvidia-ctk}
  - {args: [nvidia-cdi-hook, enable-cuda-compat, --host-driver-version=$VERSION], hookName: createContainer, path: $WORK/bin/nvidia-cdi-hook}
  - {args: [nvidia-cdi-hook, disable-device-node-modification], hookName: createContainer, path: $WORK/bin/nvidia-cdi-hook}
  - {args: [nvidia-ctk, hook, chmod, --mode, "755", --path, /dev/nvidia-caps], hookName: createContainer, path: $WORK/bin/nvidia-ctk}
  mounts:
  - {containerPath: $TRIPLET/libcuda.so.$VERSION, hostPath: $LIBRARIES/libcuda.so.$VERSION, options: [ro, nosuid, nodev, bind]}
  - {containerPath: $TRIPLET/libnvidia-ml.so.$VERSION, hostPath: $LIBRARIES/libnvidia-ml.so.$VERSION, options: [ro, nosuid, nodev, bind]}
devices:
- containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
  name: "0"
kind: nvidia.com/gpu
END
}
SHOW="for link in $TRIPLET/libcuda.so $TRIPLET/libcuda.so.1 $TRIPLET/libnvidia-ml.so.1 /opt/new/y; do readlink \$link; done
  tr '\\0' '\\n' </etc/ld.so.cache | grep '^/usr/lib.*so.1$' | sort -u; ls /dev | grep nvidia; echo \$NVIDIA_VISIBLE_DEVICES"
WANTED="libcuda.so.1
libcuda.so.$VERSION
libnvidia-ml.so.$VERSION
../x
$TRIPLET/libcuda.so.1
$TRIPLET/libnvidia-ml.so.1
nvidia-uvm
nvidia0
nvidiactl
void"

specification 511
device_bundle nvidia.com/gpu=0
payload sh -c "$SHOW"
run_container
expect_status 0
expect_stdout "$WANTED"
[ ! -e "$WORK/ran" ] || fail "a program of NVIDIA's ran: $(cat "$WORK/ran")"

# An engine has merged the same by itself.
ocirt plan --bundle "$BUNDLE"
new_bundle engine
mkdir -p "$ROOTFS$TRIPLET"
config '.hooks.createContainer = $edits.hooks | .mounts += $edits.mounts' --argjson edits "$(python3 - "$WORK/cdi/nvidia.yaml" <<'END'
import json, sys, yaml
edits = yaml.safe_load(open(sys.argv[1]))["containerEdits"]
print(json.dumps({
    "hooks": [{k: h[k] for k in ("path", "args", "env") if k in h} for h in edits["hooks"]],
    "mounts": [{"source": m["hostPath"], "destination": m["containerPath"], "options": m["options"], "type": "bind"}
               for m in edits["mounts"]]}))
END
)"
payload sh -c "$SHOW"
run_container
expect_status 0
expect_stdout "$(grep -v -e ^nvidia -e ^void <<<"$WANTED")"
[ ! -e "$WORK/ran" ] || fail "a program of NVIDIA's ran: $(cat "$WORK/ran")"

# What is new to us is run, as it stands and for itself.
config '.hooks.createContainer[0].args += ["--quantum"]'
run_container
expect_equal "$(cat "$WORK/ran")" "create-symlinks --link libcuda.so.1::$TRIPLET/libcuda.so --link ../x::/opt/new/y --quantum" "what ran"

# The driver's module came back under another number: the file is of another time, and not needed.
rm "$WORK/ran"
specification 509
BUNDLE=$WORK/bundle ROOTFS=$BUNDLE/rootfs CONFIG=$BUNDLE/config.json
rm -rf "$BUNDLE"
device_bundle nvidia.com/gpu=all,nvidia.com/gpu=0
sed -i 's/name: "0"/name: all/' "$WORK/cdi/nvidia.yaml"
payload sh -c "$GPU_PROBE"
run_container
expect_gpus_inside
case $STDERR in *"nvidia.yaml is out of date (/dev/nvidia-uvm is 511:0 by now): the GPU is looked for anew"*) ;; *) fail "no warning" ;; esac
# And without any file.
rm "$WORK/cdi/nvidia.yaml"
run_container
expect_gpus_inside
