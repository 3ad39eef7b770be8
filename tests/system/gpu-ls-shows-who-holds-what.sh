#!/bin/bash
# ocictl gpu ls: the GPUs of this host, who may use them, and which containers hold them.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
OCICTL=$(dirname "$OCIRT")/ocictl
[ -x "$OCICTL" ] || skip "no ocictl is built"
native_host
chmod 660 "$WORK/host/dev/nvidia0" && chgrp video "$WORK/host/dev/nvidia0"

gpu_ls() {
  keep_output_of "${RUN_AS[@]}" "$OCICTL" --root "$WORK/store" gpu ls --runtime "$OCIRT" --runtime-root "$STATE_ROOT" "$@"
}
native_bundle 0
payload sleep 1000
start_container
FIRST=$ID
new_bundle idle
payload sleep 1000
start_container

gpu_ls
expect_status 0
expect_equal "$(sed 's/  */ /g; s/ *$//' <<<"$STDOUT")" "GPU MODEL UUID SLICES USERS USABLE CONTAINERS
0 NVIDIA H100 80GB HBM3 GPU-00000000-0000-0000-0000-000000000000 0 everybody yes $FIRST
1 NVIDIA H100 80GB HBM3 GPU-00000000-0000-0000-0000-000000000001 0 group video yes" "the table"
gpu_ls --format json
expect_equal "$(jq -c 'map([.Index, .UUID[-2:], .PCIAddress, .Device, .Driver, .Users, .Usable, .Containers])' <<<"$STDOUT")" \
  '[[0,"00","0000:19:00.0","/dev/nvidia1","580.159.03","everybody",true,["'"$FIRST"'"]],[1,"01","0000:29:00.0","/dev/nvidia0","580.159.03","group video",true,[]]]' json
gpu_ls --format '{{.Index}} {{.Usable}}'
expect_stdout $'0 true\n1 true'

ocirt delete --force "$FIRST"
rm "$WORK/host/dev/nvidia0"
gpu_ls --noheading
expect_stdout_lacks "$FIRST"
expect_stdout_contains "no: /dev/nvidia0 is missing"

keep_output_of "$OCICTL" --root "$WORK/store" gpu ls
expect_error_contains "no NVIDIA driver is loaded"
