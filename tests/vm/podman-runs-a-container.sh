#!/bin/bash
# podman run: output, status, an own hostname, and pid 1.
# As: root dev
source "$(dirname "$0")/podman.bash"
expect "$(pod_run --rm --hostname inside -- sh -c 'hostname; echo $$')" $'inside\n1'
status=0
pod_run --rm -- sh -c 'exit 42' || status=$?
expect "$status" 42 status
status=0
pod_run --rm -- no-such-command 2>/dev/null || status=$?
expect "$status" 127 "status of a command that is missing"
