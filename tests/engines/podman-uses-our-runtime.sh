#!/bin/bash
# Podman really drives the runtime under test: its state shows it, and the version that podman reports.
source "$(dirname "$0")/podman.bash"
pod_start -- sleep 1000
expect_equal "$(inspected '{{.OCIRuntime}}')" "$OCIRT" runtime
ocirt --version
version=${STDOUT%%$'\n'*}
pod info --format '{{.Host.OCIRuntime.Version}}'
expect_equal "${STDOUT%%$'\n'*}" "$version" version
CALL="state of $CID"
state=$("$OCIRT" state "$CID") || fail "the runtime does not know podman's container"
expect_equal "$(jq -r .status <<<"$state")" running status
expect_equal "$(jq -r .pid <<<"$state")" "$(inspected '{{.State.Pid}}')" pid
pod rm --force --time 0 "$CID"
! "$OCIRT" state "$CID" 2>/dev/null || fail "the runtime still knows the container that podman removed"
