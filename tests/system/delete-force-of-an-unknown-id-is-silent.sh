#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman and containerd do this after every exit.
for _ in 1 2; do
  ocirt delete --force nobody
  expect_status 0
  expect_silence
done
