#!/bin/bash
# podman run --network: none has a namespace with a loopback only, host is the host's.
source "$(dirname "$0")/podman.bash"
host=$(readlink /proc/self/ns/net)
pod_run --rm --network none -- sh -c 'readlink /proc/self/ns/net; ls /sys/class/net'
expect_status 0
[ "${STDOUT%%$'\n'*}" != "$host" ] || fail "--network none shares the host's namespace"
expect_equal "${STDOUT##*$'\n'}" lo "network devices"
pod_run --rm --network host -- readlink /proc/self/ns/net
expect_status 0
expect_stdout "$host"
