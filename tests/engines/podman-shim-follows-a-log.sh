#!/bin/bash
# podman logs -f sees every line while our monitor writes them, and ends with the container.
source "$(dirname "$0")/podman-shim.bash"
# Without events podman does not notice the end, whoever is the monitor.
sed -i "s/events_logger = .*/events_logger = \"file\"/" "$CONTAINERS_CONF"
pod_start --name log -- sh -c 'for i in $(seq 1 200); do echo line $i; done; sleep 1; echo last'
keep_output_of timeout 20 "${PODMAN[@]}" logs -f log
expect_status 0
expect_equal "$(wc -l <<<"$STDOUT")" 201 "lines"
expect_equal "$(tail -n 1 <<<"$STDOUT")" last "last line"
eventually has_no_monitor || fail "the monitor is still there"
