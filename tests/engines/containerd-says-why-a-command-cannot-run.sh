#!/bin/bash
# Containerd finds our message in the runtime's log.
source "$(dirname "$0")/containerd.bash"
ctr_run --rm -- "$ID" /no/such
expect_failure
expect_error_matches 'OCI runtime create failed.*/no/such.*no such file or directory'
client task ls --quiet
expect_stdout ""
