#!/bin/bash
# podman pause freezes the payload and unpause thaws it.
source "$(dirname "$0")/podman.bash"
pod_start -- sleep 1000
pod pause "$CID"
expect_status 0
expect_equal "$(inspected '{{.State.Status}}')" paused status
expect_equal "$("$OCIRT" state "$CID" | jq -r .status)" paused "status that the runtime tells"
pod exec "$CID" true
expect_failure
pod unpause "$CID"
expect_status 0
expect_equal "$(inspected '{{.State.Status}}')" running status
pod exec "$CID" echo awake
expect_stdout awake
