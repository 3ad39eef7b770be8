#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# containerd leaks its listening socket, buildah ten pipes.
new_bundle
payload probe fds
exec 5</ 7</etc 9>"$WORK/nine" 33</sys
run_container
expect_status 0
expect_equal "$(cut -d' ' -f1 <<<"$STDOUT" | sort -n | xargs)" "0 1 2" descriptors
payload sleep 1000
start_container
wait_for_program sleep
expect_equal "$(ls "/proc/$(container_pid)/fd" | sort -n | xargs)" "0 1 2" "descriptors of a detached payload"
ocirt exec "$ID" probe fds
expect_equal "$(cut -d' ' -f1 <<<"$STDOUT" | sort -n | xargs)" "0 1 2" "descriptors of exec"
