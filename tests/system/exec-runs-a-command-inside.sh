#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec "$ID" sh -c 'hostname; readlink /proc/self/ns/pid; echo problem >&2; exit 23'
expect_status 23
expect_stdout "ocirt
$(readlink "/proc/$(container_pid)/ns/pid")"
expect_equal "$STDERR" problem stderr
