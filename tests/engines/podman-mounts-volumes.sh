#!/bin/bash
# podman run --volume and --tmpfs: host directories, read-only ones, and a file system in memory.
source "$(dirname "$0")/podman.bash"
mkdir "$WORK/writable" "$WORK/readonly"
echo content >"$WORK/readonly/file"
pod_run --rm --volume "$WORK/writable:/w" --volume "$WORK/readonly:/r:ro" --tmpfs /memory:size=1m,mode=700 -- \
  sh -c 'cat /r/file; echo new >/w/file; stat -f -c %T /memory; stat -c %a /memory; touch /r/other'
expect_status 1
expect_error_contains "Read-only file system"
expect_stdout $'content\ntmpfs\n700'
expect_equal "$(cat "$WORK/writable/file")" new "what the container wrote"
