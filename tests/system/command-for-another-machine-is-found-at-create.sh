#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc finds it after start"
new_bundle
# An ELF header of class 64, little endian, for the machine 183 (arm64) or 62 (x86-64), whichever is not ours.
machine='\xb7\x00'
[ "$(uname -m)" = x86_64 ] || machine='\x3e\x00'
printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0'"$machine"'\x01\0\0\0%048d' 0 >"$ROOTFS/bin/foreign"
chmod 755 "$ROOTFS/bin/foreign"
payload foreign
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_contains foreign
expect_error_matches 'exec format error|arm64|aarch64|x86'
expect_no_leftovers
