#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc finds it after start"
new_bundle
printf '#!/no/such/interpreter\n' >"$ROOTFS/bin/script"
chmod 755 "$ROOTFS/bin/script"
payload script
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_contains /no/such/interpreter
expect_no_leftovers
cp "$(readlink -f /bin/ls)" "$ROOTFS/bin/dynamic" # its loader is not in the rootfs
payload dynamic
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_contains /lib
expect_no_leftovers
