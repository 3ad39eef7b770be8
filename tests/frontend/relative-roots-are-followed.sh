#!/bin/bash
# --root, --runroot and --additional-store may be relative, though the monitor and the runtime run elsewhere.
source "$(dirname "$0")/containers_lib.sh"
cd "$WORK"
STORE=store
OCICTL_RUNROOT=run
import_busybox
run --rm busybox echo hello
expect_status 0
[ "$STDOUT" = hello ] || fail "it printed $STDOUT"
keep_output_of "$OCICTL" --root other --additional-store store run --rm --network none busybox echo hello
expect_status 0
[ "$STDOUT" = hello ] || fail "it printed $STDOUT"
