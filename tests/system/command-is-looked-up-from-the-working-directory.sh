#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$ROOTFS/here"
printf '#!/bin/sh\necho here\n' >"$ROOTFS/here/tool"
chmod 755 "$ROOTFS/here/tool"
payload ./tool
config '.process.cwd = "/here"'
run_container
expect_status 0
expect_stdout here
