#!/bin/bash
# buildah run: output, status and what the command changed.
source "$(dirname "$0")/podman.bash"
need_command buildah
buildah=(buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs)
run=("${buildah[@]}" run --isolation oci --runtime "$OCIRT" --network host)
keep_output_of "${buildah[@]}" from --pull-never --cgroup-parent "/$TAG" \
  --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --name "$TAG" "$IMAGE"
expect_status 0
keep_output_of "${run[@]}" "$TAG" -- sh -c 'echo $$; echo made >/file; exit 6'
expect_status 6
expect_stdout 1
keep_output_of "${run[@]}" "$TAG" -- cat /file
expect_status 0
expect_stdout made
keep_output_of "${run[@]}" --tty "$TAG" -- tty
expect_status 0
expect_stdout_contains /dev/pts/0
