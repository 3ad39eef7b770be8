#!/bin/bash
# podman run --rm passes on output and status, and leaves nothing behind.
source "$(dirname "$0")/podman.bash"
pod_run --rm --hostname inside -- sh -c 'hostname; echo $$; echo complaint >&2; exit 42'
expect_status 42
expect_stdout $'inside\n1'
expect_equal "$STDERR" complaint stderr
pod ps --all --quiet
expect_stdout ""
