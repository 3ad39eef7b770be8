#!/bin/bash
# podman logs -f goes on to the end while our monitor begins the log file anew, again and again.
source "$(dirname "$0")/podman-shim.bash"
sed -i "s/events_logger = .*/events_logger = \"file\"/" "$CONTAINERS_CONF"
pod_start --name log --log-opt max-size=4kb -- \
  sh -c 'for i in $(seq 1 500); do echo line $i; done; sleep 1; echo last'
keep_output_of timeout 20 "${PODMAN[@]}" logs -f log
expect_status 0
expect_equal "$(tail -n 1 <<<"$STDOUT")" last "last line"
pod logs log
expect_equal "$(tail -n 2 <<<"$STDOUT")" $'line 500\nlast' "what is left"
[ "$(stat -c %s "$(inspected '{{.HostConfig.LogConfig.Path}}' log)")" -le 4096 ] || fail "the log is longer than it may be"
