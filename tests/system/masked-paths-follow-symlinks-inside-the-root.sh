#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
make_canary
mkdir "$ROOTFS/real"
touch "$ROOTFS/real/file"
ln -s "$CANARY" "$ROOTFS/link"
ln -s /real "$ROOTFS/inside"
mkdir -p "$ROOTFS$CANARY"
payload sh -c 'ls /real; echo end'
config '.linux.maskedPaths += ["/link", "/inside", "/link/full"]'
run_container
expect_status 0
expect_stdout_contains end
expect_canary_unchanged
