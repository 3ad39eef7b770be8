#!/bin/bash
# docker build runs the steps of a Dockerfile with our runtime.
source "$(dirname "$0")/docker.bash"
mkdir "$WORK/context"
printf 'FROM %s\nRUN echo built >/made && id -u >>/made\nCMD ["cat", "/made"]\n' "$IMAGE" >"$WORK/context/Dockerfile"
docker build --network none --tag made "$WORK/context"
expect_status 0
docker run --rm --network none made
expect_status 0
expect_stdout $'built\n0'
