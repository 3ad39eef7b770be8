#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir "$ROOTFS/secret"
echo data | tee "$ROOTFS/secret/file" >"$ROOTFS/hidden"
payload sh -c 'cat /hidden; ls /secret; cat /proc/keys; touch /secret/x 2>/dev/null && echo written; echo x >/hidden; cat /hidden; echo end'
config '.linux.maskedPaths += ["/secret", "/hidden", "/no/such/path"]'
run_container
expect_stdout end
expect_equal "$(cat "$ROOTFS/hidden")" data "the file below the mask"
