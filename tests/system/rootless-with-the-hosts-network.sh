#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Without a network namespace of our own sysfs can't be mounted anew: engines bind the host's instead.
new_bundle
payload sh -c 'readlink /proc/self/ns/net; ls -d /sys/class'
without_namespace network
config '.mounts |= map(if .destination == "/sys" then {destination: "/sys", type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"]} else . end)'
become_user single
run_container
expect_status 0
expect_stdout "$(readlink /proc/self/ns/net)
/sys/class"
