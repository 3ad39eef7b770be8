#!/bin/bash
# podman build runs the steps of a Containerfile with our runtime.
source "$(dirname "$0")/podman.bash"
mkdir "$WORK/context"
printf 'FROM %s\nRUN echo built >/made && id -u >>/made\n' "$IMAGE" >"$WORK/context/Containerfile"
pod build --isolation oci --network host --cgroup-parent "/$TAG" \
  --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --tag localhost/made "$WORK/context"
expect_status 0
pod run --rm --cgroup-parent "/$TAG" localhost/made cat /made
expect_status 0
expect_stdout $'built\n0'
