#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman takes the status of `checkpoint --help` for "supports checkpoints".
ocirt checkpoint --help
expect_status 0
expect_stdout_contains "--image-path"
