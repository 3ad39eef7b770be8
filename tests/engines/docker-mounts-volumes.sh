#!/bin/bash
# docker run with host directories, named volumes, file systems in memory, and a root that is read-only.
source "$(dirname "$0")/docker.bash"
mkdir "$WORK/readonly"
echo content >"$WORK/readonly/file"
docker_run --rm --read-only --volume "$WORK/readonly:/r:ro" --volume named:/n --tmpfs /memory:size=1m,mode=700 -- \
  sh -c 'cat /r/file; echo kept >/n/file; stat -f -c %T /memory; stat -c %a /memory; touch /r/other || touch /file'
expect_status 1
expect_error_contains "/r/other: Read-only file system"
expect_error_contains "/file: Read-only file system"
expect_stdout $'content\ntmpfs\n700'
docker_run --rm --mount type=volume,src=named,dst=/n,readonly -- cat /n/file
expect_stdout kept
