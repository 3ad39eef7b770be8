#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$ROOTFS/first" "$ROOTFS/second"
printf '#!/bin/sh\necho second\n' >"$ROOTFS/second/tool"
chmod 755 "$ROOTFS/second/tool"
echo "not executable" >"$ROOTFS/first/tool"
payload tool
config '.process.env = ["PATH=/first:/second:/bin"]'
run_container
expect_status 0
expect_stdout second
