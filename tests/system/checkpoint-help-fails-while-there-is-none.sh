#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman takes the status of `checkpoint --help` for "supports checkpoints".
ocirt_only "runc has it"
"$OCIRT" --help | grep -qw checkpoint && skip "this ocirt has checkpoint"
ocirt checkpoint --help
expect_failure
