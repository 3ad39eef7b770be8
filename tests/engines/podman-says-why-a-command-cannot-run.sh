#!/bin/bash
# Podman understands our errors: 127 for what is not found, 126 for what may not be executed.
source "$(dirname "$0")/podman.bash"
pod_run --rm -- /no/such
expect_status 127
expect_error_matches '/no/such.*no such file or directory.*attempted to invoke a command that was not found'
pod_run --rm -- foo
expect_status 127
expect_error_matches 'foo.*executable file not found in \$PATH.*attempted to invoke a command that was not found'
pod_run --rm -- /etc
expect_status 126
expect_error_matches '/etc.*permission denied.*OCI permission denied'
pod_run --rm --workdir /etc/passwd -- true
expect_failure
expect_error_contains /etc/passwd
