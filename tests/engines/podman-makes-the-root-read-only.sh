#!/bin/bash
# podman run --read-only: the root cannot be written to, /tmp can.
source "$(dirname "$0")/podman.bash"
pod_run --rm --read-only -- sh -c 'touch /tmp/file && touch /file'
expect_status 1
expect_error_contains "/file: Read-only file system"
